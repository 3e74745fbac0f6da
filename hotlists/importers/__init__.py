"""Reading hotlist files: encoding, lines, fields, dates, rows, rejects."""
