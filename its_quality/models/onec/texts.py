"""Texts for the user about a file from 1C and its rows."""


def error_sentence(env, error):
    """Say in the user's language why a file cannot be read, and what to do.

    :param error: an ``onec.OnecError``
    :return: a sentence
    """
    if error.code == "not_a_table" and not error.details["kind"]:
        return error_sentences(env)["not_text"]
    return error_sentences(env)[error.code] % error.details


def error_sentences(env):
    """``{key of onec.ERROR_CODES: sentence with its details}``."""
    _ = env._
    return {
        "empty": _(
            "The file is empty. Save the list in 1C again and drop the new file."
        ),
        "mxl": _(
            "This is a spreadsheet document (mxl), which only 1C can read. Open it "
            "in 1C and save it as «Лист Excel2007 (*.xlsx)»."
        ),
        "not_a_table": _(
            "This is not a table but a file of type %(kind)s. Save the list in 1C as "
            "xlsx, xls, csv or txt, or export the data as XML."
        ),
        "not_text": _(
            "This is neither a workbook nor a text file. Save the list in 1C as xlsx, "
            "xls, csv or txt, or export the data as XML."
        ),
        "bank": _(
            "This is a file of payments for a bank (1CClientBankExchange), without a "
            "list of clients. Save the list of contractors in 1C, or export it as XML."
        ),
        "mht": _(
            "This is a web page or an e-mail saved as one file (mht). Save the list in 1C "
            "as «Лист Excel2007 (*.xlsx)» and drop that."
        ),
        "commerceml_1": _(
            "This is CommerceML of version 1, which no longer names clients as 1C does. "
            "Choose version 2 in the settings of the exchange, or save the list as xlsx."
        ),
        "users": _(
            "This is a list of users of an infobase, not of contractors. Press «Import "
            "as users» to review it under «Users from 1C»."
        ),
        "archive": _(
            "This archive contains %(count)s files. Put only one file into it, or "
            "drop them one by one."
        ),
        "zipped_sheet": _(
            "This archive contains a sheet. Unpack it and drop the sheet itself: only "
            "exchange files are read from archives."
        ),
        "password": _(
            "The file is password-protected. Open it in Excel, remove the password, "
            "save it and drop it here again."
        ),
        "damaged": _(
            "The file is damaged: it was truncated or written incorrectly. Save the "
            "list in 1C again."
        ),
        "too_big": _(
            "The unpacked file is far larger than any list of contractors. Save the "
            "list in 1C again, in parts if it really is that long."
        ),
        "old_and_too_big": _(
            "An xls file over %(limit)s MiB is too large to read. Save the list in 1C "
            "as «Лист Excel2007 (*.xlsx)»."
        ),
        "too_many_rows": _(
            "The file has more than %(limit)s rows. Split it into parts and import "
            "them one by one."
        ),
        "encoding": _(
            "The file is not encoded in %(encoding)s. Leave the encoding empty to "
            "detect it automatically."
        ),
        "no_sheet": _("There is no sheet «%(sheet)s» in the file."),
        "no_header": _(
            "No header row with titles such as «Наименование», «ИНН», «Код» was found "
            "in the first rows. Keep the column titles in the file."
        ),
        "no_row": _(
            "Row %(row)s of the file is empty. Enter the number of the row with the "
            "titles, or leave it empty."
        ),
        "no_contractors": _(
            "This is a 1C exchange file, but it contains neither contractors nor "
            "contracts. Select them in 1C when you export the data."
        ),
        "no_user_header": _(
            "No header row with titles such as «Полное имя», «Имя для входа», "
            "«E-mail» was found in the first rows. Keep the column titles in the file."
        ),
        "no_users": _(
            "This is a 1C exchange file, but it contains no users. Select the catalog "
            "«Пользователи» in 1C when you export the data, or save the list of users "
            "as xlsx."
        ),
        "contractors_not_users": _(
            "This is a list of contractors. Drop it under «Import from 1C»; the list "
            "of users of the infobase is needed here."
        ),
        "doctype": _(
            "The file declares a document type (DOCTYPE), which 1C never does, so it "
            "is not read. Export the data from 1C again."
        ),
        "encoding_told": _(
            "The file claims to be in %(encoding)s, but it is not. Choose its "
            "encoding, usually Windows-1251, or export the data again."
        ),
    }


def exchange_names(env):
    """``{kind of exchange file: what it is called}``."""
    _ = env._
    return {
        "v8": _("1C exchange file: «Выгрузка и загрузка данных XML»"),
        "xdto": _("1C exchange file: JSON"),
        "enterprise_data": _("1C exchange file: EnterpriseData"),
        "commerceml": _("1C exchange file: CommerceML"),
        "odata_json": _("data of the OData interface, saved as JSON"),
        "odata_atom": _("data of the OData interface, saved as XML"),
    }


def issue_sentences(env, issues):
    """Say in the user's language what is to be known of a row.

    :param issues: ``[[code, field, value, severity], ...]``
    :return: sentences, or ``False`` where there are none
    """
    sentences, labels = sentences_of_issues(env), None
    said = []
    for code, field, value, _severity in issues or ():
        if "%(column)s" in sentences[code]:
            labels = labels or env["its.import.column"]._target_labels()
        column = labels.get(field, field) if labels else field
        said.append(sentences[code] % {"value": value, "column": column})
    return " ".join(said) or False


def sentences_of_issues(env):
    """``{code of an issue: sentence with %(value)s and %(column)s}``.

    The codes are those of ``onec.ISSUE_CODES`` and those that matching adds.
    """
    _ = env._
    return {
        "no_name": _("There is no name in this row."),
        "damaged_object": _(
            "1C sent an object that is not a valid contractor. Open it in 1C, save it "
            "again and synchronize again."
        ),
        "inn_wrong": _(
            "INN %(value)s has a wrong check digit: verify it against the documents."
        ),
        "kpp_wrong": _("KPP %(value)s must have 9 characters."),
        "ogrn_wrong": _(
            "OGRN %(value)s has a wrong check digit: verify it against the documents."
        ),
        "kind_unknown": _("The kind «%(value)s» is not known."),
        "email_wrong": _("«%(value)s» is not a valid e-mail address."),
        "date_wrong": _("«%(value)s» in the column «%(column)s» is not a valid date."),
        "name_only": _("Only the name is known."),
        "total_row": _("This row is a total, not a client."),
        "header_row": _("This row repeats the titles."),
        "deletion_mark": _("Marked for deletion in 1C."),
        "contract_deleted": _(
            "The contract is marked for deletion in 1C. If a subscription was created "
            "from it, cancel or delete it manually."
        ),
        "contract_of_nothing": _(
            "No service is chosen for contracts such as «%(value)s»."
        ),
        "contract_alone": _(
            "The client of this contract, «%(value)s», is neither in this file nor "
            "in Odoo with a reference to 1C. Import contractors first."
        ),
        "head_refused": _(
            "«%(value)s» cannot be the head office: it belongs to this client itself."
        ),
        "duplicate": _(
            "Same INN and KPP as «%(value)s»: a duplicate in 1C? It stays a separate "
            "client unless you join them."
        ),
        "has_login": _(
            "«%(value)s» logs in to Odoo with this card, so it is left as it is."
        ),
        "repeats_row": _("The same client as in row %(value)s."),
        "same_inn": _("Similar to «%(value)s»: same INN."),
        "same_code": _("Similar to «%(value)s»: same code."),
        "same_name": _("Similar to «%(value)s»: same name."),
        "manager_unknown": _("«%(value)s» was not found among the users."),
        "kept_in_odoo": _("Kept as edited in Odoo: %(value)s."),
        "kept_of_source": _("Kept as another source says. %(value)s."),
        "archived": _("«%(value)s» is archived in Odoo and stays archived."),
        "no_service": _(
            "The row has subscription numbers or dates but does not name the service."
        ),
        "service_unknown": _("The service «%(value)s» is not in the list of services."),
        "not_a_renewal": _(
            "The former one ended too long before (%(value)s): it counts as new, not "
            "as a renewal."
        ),
        "dates_reversed": _("The subscription ends (%(value)s) before it begins."),
        "refused": "%(value)s",
    }
