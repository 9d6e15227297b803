"""The sheet of subscriptions that a firm keeps by hand; everything in it is made up."""

import datetime

TITLES = {
    "name": "Клиент",
    "code": "Код",
    "contract_type": "Вид договора",
    "service": "Сервис или программа",
    "contract_number": "Номер договора",
    "registration_number": "Рег. номер",
    "date_start": "Дата начала",
    "date_end": "Дата окончания",
}


def _day(year: int, month: int, day: int) -> datetime.date:
    return datetime.date(year, month, day)


# A date is one of Excel's, or a text, as people type it.
ROWS = (
    {
        "name": "ООО «Ромашка»",
        "code": "00-000101",
        "contract_type": "ИТС ПРОФ",
        "contract_number": "ИТС-2026/301",
        "registration_number": "900000301",
        "date_start": _day(2026, 1, 1),
        "date_end": _day(2026, 12, 31),
    },
    {
        "name": "ООО «Ромашка»",
        "code": "00-000101",
        "service": "1С-Отчетность",
        "contract_number": "ИТС-2026/301",
        "date_start": _day(2026, 2, 15),
        "date_end": "14.02.2027",
    },
    {
        "name": "АО «Бумажный кит»",
        "code": "00-000303",
        "contract_type": "ИТС Техно",
        "contract_number": "ИТС-2026/303",
        "date_start": "13.12.2025",
        "date_end": "12.12.2026",
    },
    {
        "name": "АО «Бумажный кит»",
        "code": "00-000303",
        "service": "1С:Бухгалтерия 8 ПРОФ",
        "registration_number": "0900000303",
        "date_start": "1.2.2024",
    },
    {
        "name": "ООО «Горный ручеёк»",
        "code": "00-000311",
        "contract_type": "ИТС ПРОФ",
        "contract_number": "17",
        "date_start": "2026-03-01",
        "date_end": "28.02.2027 0:00:00",
    },
    {
        "name": "ИП Стрижова Инна Львовна",
        "code": "00-000336",
        "service": "1С-ЭДО",
        "date_start": "с весны",
    },
)
DATES = {
    _day(2026, 1, 1): "2026-01-01",
    _day(2026, 12, 31): "2026-12-31",
    _day(2026, 2, 15): "2026-02-15",
    "14.02.2027": "2027-02-14",
    "13.12.2025": "2025-12-13",
    "12.12.2026": "2026-12-12",
    "1.2.2024": "2024-02-01",
    "2026-03-01": "2026-03-01",
    "28.02.2027 0:00:00": "2027-02-28",
    "с весны": None,
}
