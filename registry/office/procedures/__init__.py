"""What parties file online: codes on served papers, the way in, the officers' desk, the answers."""
