"""``python -m admin.cli`` is ``registry``."""

from admin.cli import main

main()
