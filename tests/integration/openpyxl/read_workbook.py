"""Prints the sheets of a workbook as JSON: by name its rows, each a list of [type, value] by cell."""

import json
import sys

from openpyxl import load_workbook

book = load_workbook(sys.argv[1])
print(
    json.dumps(
        {
            sheet.title: [[[cell.data_type, cell.value] for cell in row] for row in sheet.iter_rows()]
            for sheet in book.worksheets
        },
        default=str,
    )
)
