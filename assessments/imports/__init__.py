"""Score files, from bytes to applied results.

reading    file name and bytes to a header and rows of text; hostile files are turned away here, before the work
layouts    which file it is, by its header; the columns of every year are data in `fixtures/assessments/`
values     one cell to one typed value, or a problem in plain words
records    one row to the results it carries
staging    rows into the database by COPY; what each would change is found there in one go
apply      the whole file or nothing, and back again
"""
