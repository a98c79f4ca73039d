"""Backups: everything an installation knows in one sealed file, and the way back.

`backup.py` makes one, `restore.py` puts one back; `archive.py` is the file, `tables.py` the rows in it,
`keys.py` the keys that travel apart. The format is the same for SQLite and PostgreSQL, so a backup of one can be
restored into the other.
"""
