"""What spreadsheets call columns and cells."""


def column_letters(column: int) -> str:
    """Return the letters of a column, counted from 0: D, AA."""
    letters, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
