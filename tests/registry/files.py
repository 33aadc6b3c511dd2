"""Files as offices send them."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

SITI, BUDI, ANI = "198501012010012001", "199003152015031002", "197707072005011003"
OPD_HEAD = "code;name;short_name;type;parent_code;protocol_order;reports"
ASN_HEAD = "nip;name;employment_type;opd_code;position;apel_duty;from_date"
OPD_FILE = f"""{OPD_HEAD};head_nip;head_title
KEC;Kecamatan Mamuju;Mamuju;kecamatan;;1;yes;;
KEL;Kelurahan Binanga;Binanga;kelurahan;KEC;2;part;;
"""
ASN_FILE = f"""{ASN_HEAD}
{SITI};Siti Aminah;PNS;KEC;Camat;yes;2020-01-01
{BUDI};Budi;PNS;KEL;Lurah;yes;2021-02-01
"""


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
