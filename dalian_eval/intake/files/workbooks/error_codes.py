"""What Excel's binary formats (.xls, .xlsb) call error values and built-in formats by number."""

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
BUILT_IN = {9: "%", 10: "%"}
"""Number formats that a file need not declare: those that change what a number says."""
