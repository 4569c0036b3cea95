"""What every room may use: errors, files, csv, a result's folder and a folder to work in."""
