"""Take the pictures of the pages anew, from a fresh demo that is being served:

    ./its demo --fresh
    .venv/bin/python docs/take_screenshots.py http://localhost:8069

and those of the addon's own page, in English, from a database with demo data:

    ./its db shop --demo --fast
    ./its serve -d shop --fast
    .venv/bin/python docs/take_screenshots.py http://localhost:8069 --store

Imports a made-up sheet on the way and undoes it. Needs openpyxl, playwright and
Chromium: CHROMIUM names it, or it is found as the tests find theirs.
"""

import os
import sys
import tempfile
from base64 import b64encode
from pathlib import Path

from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dev import chromium

PICTURES = Path(__file__).parent / "img"
STORE = Path(__file__).parent.parent / "its_quality" / "static" / "description"
SIZE = {"width": 1366, "height": 800}
WAIT_MS = 60_000
SETTLE_MS = 1500
BANNER = {"width": 1120, "height": 560}
BANNER_PAGE = """
<body style="margin:0;background:#714b67;color:white;font-family:sans-serif;overflow:hidden">
  <div style="padding:44px 0 0 48px;width:400px">
    <div style="font-size:50px;font-weight:bold;line-height:1.1">ITS Service Quality</div>
    <p style="font-size:24px;line-height:1.45;margin-top:28px">
      Clients, calls, surveys and claims of a 1C franchisee</p>
    <p style="font-size:18px;opacity:.85">Odoo 19 Community · English and Russian</p>
  </div>
  <img src="data:image/png;base64,PICTURE" style="position:absolute;left:480px;top:48px;
    width:800px;border-radius:8px;box-shadow:0 8px 40px #0008">
</body>
"""
# To the top of what is scrolled; the page around it stays.
SHOW_QUESTIONNAIRE = """
    const shown = document.querySelector(".o_its_questionnaire");
    let box = shown.parentElement;
    while (!["auto", "scroll"].includes(getComputedStyle(box).overflowY)) {
        box = box.parentElement;
    }
    box.scrollTop += shown.getBoundingClientRect().top - box.getBoundingClientRect().top;
"""

TITLES = ("Наименование", "Код", "ИНН", "КПП", "Телефон", "Менеджер")
# Name, code, ИНН, КПП, phone, manager.
ROWS = (
    # These are in the demo: as they are, with a phone, under another code.
    ("ООО «Ромашка»", "00-000101", "4345990010", "434501001", "+7 8332 00-00-01"),
    ("АО «Маяк»", "00-000102", "4345990028", "434501001", "+7 8332 00-00-02"),
    ("ТСЖ «Берёзовая роща»", "00-000116", "", "", "+7 8332 00-00-71"),
    ("ИП Самоварова Татьяна Игоревна", "00-000148", "", "", "+7 8332 00-00-72"),
    ("Юридический компас, ООО", "00-000910", "4345998154", "434501001"),
    ("АНО Школа юных программистов", "00-000911", "5900997789", "590001001"),
    # These are new; one is a folder, one has a wrong ИНН, one has no name.
    ("Поставщики и покупатели", "00-000900"),
    ("    ООО «Синица»", "00-000901", "4345998002", "434501001", "+7 8332 00-09-01"),
    ("    ООО «Жаворонок»", "00-000902", "4345998010", "434501001", "+7 8332 00-09-02"),
    ("    АО «Кедр»", "00-000903", "4345998041", "434501001", "", "Анна Кузнецова"),
    ("    ООО «Клюква»", "00-000904", "4345998066", "434501001", "+7 8332 00-09-04"),
    ("    ООО «Морошка»", "00-000905", "", "", "+7 8332 00-09-05", "Иван Незнакомов"),
    ("    ООО «Гранит»", "00-000906", "4345998098", "434501001"),
    ("    ООО «Кварц»", "00-000907", "4345998119", "434501001", "+7 8332 00-09-07"),
    ("    ИП Зимин Олег Юрьевич", "00-000908", "", "", "+7 8332 00-09-08"),
    ("", "00-000909", "4345998130", "434501001"),
)


def main(address: str, *, store: bool = False) -> None:
    """Take all the pictures.

    :param address: where the demo is served
    :param store: those of the addon's own page instead
    """
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or chromium.find(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        if store:
            take_for_the_store(
                browser.new_page(viewport=SIZE, base_url=address, locale="en-US"),
                browser.new_page(viewport=SIZE, base_url=address, locale="en-US"),
            )
            browser.close()
            return
        page = browser.new_page(viewport=SIZE, base_url=address, locale="ru-RU")
        page.set_default_timeout(WAIT_MS)
        sign_in(page, "its_admin")
        take_clients(page)
        take_import(page)
        take_calls(browser.new_page(viewport=SIZE, base_url=address, locale="ru-RU"))
        take_claims(browser.new_page(viewport=SIZE, base_url=address, locale="ru-RU"))
        take_reports(browser.new_page(viewport=SIZE, base_url=address, locale="ru-RU"))
        take_client(browser.new_page(viewport=SIZE, base_url=address, locale="ru-RU"))
        browser.close()


def sign_in(page: Page, login: str) -> None:
    page.goto("/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")


def take_clients(page: Page) -> None:
    page.goto("/odoo/its-clients")
    page.wait_for_selector(".o_data_row")
    take(page, "clients")
    page.click(".o_data_cell:has-text('ООО «Ромашка»')")
    page.click("a[name=its_quality]")
    page.set_viewport_size({**SIZE, "height": 1250})
    take(page, "client")
    page.set_viewport_size(SIZE)


def take_calls(page: Page) -> None:
    page.set_default_timeout(WAIT_MS)
    sign_in(page, "quality")
    page.goto("/odoo/call-desk")
    page.wait_for_selector(".o_its_desk_client")
    take(page, "call-desk")
    open_questionnaire(page, "Удовлетворительно")
    take(page, "questionnaire")


def open_questionnaire(page: Page, answer: str) -> None:
    """Begin to ask the questions of a call at the desk.

    :param answer: the first one, in the language of the page
    """
    # Which clients are to be asked is another matter each day.
    label = page.locator(f".o_its_question label:has-text('{answer}')").first
    for call in page.locator(".o_its_desk_queue li").all():
        call.click()
        page.wait_for_timeout(SETTLE_MS)
        if label.is_visible():
            break
    label.click()
    page.wait_for_timeout(SETTLE_MS)
    page.evaluate(SHOW_QUESTIONNAIRE)


def take_claims(page: Page) -> None:
    page.set_default_timeout(WAIT_MS)
    sign_in(page, "quality")
    page.goto("/odoo/claims")
    page.wait_for_selector(".o_kanban_record")
    take(page, "claims")
    page.click(".o_kanban_record:has-text('Нет доступа к ИТС Агро')")
    page.click("a[name=movements]")
    take(page, "claim")


def take_reports(page: Page) -> None:
    page.set_default_timeout(WAIT_MS)
    sign_in(page, "quality")
    page.set_viewport_size({**SIZE, "height": 1150})
    page.goto("/odoo/quality-dashboard")
    page.wait_for_selector("canvas")
    take(page, "dashboard")
    page.goto("/odoo/its-questionnaires")
    page.click(".o_data_cell:has-text('ежеквартально')")
    page.click(".oe_stat_button:has-text('Результаты')")
    page.wait_for_selector(".o_its_bars")
    take(page, "report-questionnaire")
    page.set_viewport_size(SIZE)
    for path, view in (
        ("interactions-report", ".o_pivot"),
        ("survey-analysis", ".o_pivot"),
        ("claim-movements", ".o_pivot"),
        ("claim-responsible", ".o_data_row, .o_group_header"),
        ("claim-results", ".o_pivot"),
        ("last-contacts", ".o_data_row"),
    ):
        page.goto(f"/odoo/{path}")
        page.wait_for_selector(view)
        take(page, f"report-{path}")


def take_client(page: Page) -> None:
    """What a client sees: the public form, and his own page, which the demo gives
    somebody of a client's a login for."""
    page.set_default_timeout(WAIT_MS)
    page.goto("/its/claim")
    take(page, "claim-form")
    page.goto("/web/login")
    page.fill("input[name=login]", "client")
    page.fill("input[name=password]", "client")
    page.click("button[type=submit]")
    page.goto("/my/claims")
    page.click(".list-group-item")
    page.wait_for_selector("textarea[name=comment]")
    take(page, "portal-claim")


def take_for_the_store(quality: Page, admin: Page) -> None:
    """What the page of the addon shows: the ways of a day, in English."""
    quality.set_default_timeout(WAIT_MS)
    sign_in(quality, "quality")
    quality.goto("/odoo/call-desk")
    quality.wait_for_selector(".o_its_desk_client")
    take_small(quality, "call_desk")
    open_questionnaire(quality, "Fair")
    take_small(quality, "questionnaire")
    quality.goto("/odoo/claims")
    quality.wait_for_selector(".o_kanban_record")
    take_small(quality, "claims")
    quality.set_viewport_size({**SIZE, "height": 1150})
    quality.goto("/odoo/quality-dashboard")
    quality.wait_for_selector("canvas")
    take_small(quality, "dashboard")
    admin.set_default_timeout(WAIT_MS)
    sign_in(admin, "its_admin")
    admin.goto("/odoo/its-clients")
    admin.click(".o_data_cell:has-text('ООО «Ромашка»')")
    admin.click("a[name=its_quality]")
    admin.set_viewport_size({**SIZE, "height": 1150})
    take_small(admin, "client")
    admin.set_viewport_size(SIZE)
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "Контрагенты.xlsx"
        write_sheet(sheet)
        admin.goto("/odoo/its-import/new")
        admin.wait_for_selector(".o_its_import_drop")
        admin.set_input_files(".o_its_import_drop input[type=file]", sheet)
        admin.wait_for_selector("button[name=action_import]")
    admin.click("a[name=doubtful]")
    take_small(admin, "import")
    quality.set_viewport_size(BANNER)
    picture = b64encode((STORE / "dashboard.png").read_bytes()).decode()
    quality.set_content(BANNER_PAGE.replace("PICTURE", picture))
    take_small(quality, "banner", colours=256)


def take_small(page: Page, name: str, colours: int = 128) -> None:
    """A picture of few colours: whoever installs the addon gets it as well."""
    take(page, name, STORE)
    path = STORE / f"{name}.png"
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(colours)
    small.save(path, optimize=True)


def take_import(page: Page) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "Контрагенты.xlsx"
        write_sheet(sheet)
        page.goto("/odoo/its-import/new")
        page.wait_for_selector(".o_its_import_drop")
        page.set_input_files(".o_its_import_drop input[type=file]", sheet)
        page.wait_for_selector("button[name=action_import]")
    page.click("a[name=doubtful]")
    page.click(".o_data_row button[name=action_decide]:has-text('Тот же')")
    page.wait_for_timeout(SETTLE_MS)
    take(page, "import-check")
    page.click("button[name=action_import]")
    page.wait_for_selector("button[name=action_undo]")
    take(page, "import-result")
    page.click("button[name=action_undo]")
    page.click(".modal-footer .btn-primary")
    page.wait_for_selector("button[name=action_undo]", state="hidden")


def write_sheet(path: Path) -> None:
    """Write a list of contractors as 1C shows it: a title, then header and rows."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "TDSheet"
    for row in (("Контрагенты",), (), TITLES, *ROWS):
        sheet.append(row)
    workbook.save(path)


def take(page: Page, name: str, folder: Path = PICTURES) -> None:
    page.mouse.move(1, 1)
    page.evaluate("document.activeElement?.blur()")
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), store="--store" in sys.argv)
