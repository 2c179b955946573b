"""Files of rows from outside: CSV, XLSX, XLS, ODS and JSON lines, in UTF-8 or GB18030.

``readers`` gives rows of text cells within ``limits``; a file that cannot be read is a named
``problems.UnusableFile``, a row that cannot be taken is a ``problems.Problem`` in a report.
"""
