"""A school's own list of classes and pupils, as OneRoster 1.1 or 1.2 writes it: a zip of CSV files, in bulk mode.

`bundle` opens the zip without trusting it, `tables` reads its files by the letter of the standard, `school` puts
together what they say, `plan` compares it with what is here, and `apply` does all of it or nothing.

Passwords, phone numbers, mail addresses of pupils, guardians and demographics are never taken out of a row.
"""
