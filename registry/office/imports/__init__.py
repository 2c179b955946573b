"""Files into the registry: read, mapped, checked row by row, approved by two, applied at once.

``readers`` and ``table`` turn a file into rows, ``mapping`` (YAML per source) names the columns,
``rows`` judges each row, ``service`` keeps the batch as a docket that a second officer approves.
"""
