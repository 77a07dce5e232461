"""What SQL does, read with sqlglot: cold, in a process of its own; `shell/sqldoor.py` starts it.

A statement, as it is told to the hook, is a dictionary; what does not apply is left out:

statement   select, insert, update, delete, drop, truncate, alter, grant or other; none where only the client acts
object      table, database, schema, ...: what is dropped, altered, ...
whole       true when a delete or update has no condition
reads       files that it reads, None for one that is not known
writes      files that it writes, likewise
server      true when those files are the server's, where only absolute paths mean anything
shell       command lines that it runs, None for one that is not known
code        language of other code that it runs or keeps: sql, other
why         instead of all this: what could not be read
"""
