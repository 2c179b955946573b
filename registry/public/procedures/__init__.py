"""A party's own way into its case: codes on served papers, sealed filings, answers by receipt."""
