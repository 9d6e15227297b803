"""What is said to the user of a file from 1C and of its rows."""


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
            "The file is empty. Save the list in 1C once more and drop that file."
        ),
        "mxl": _(
            "This is a spreadsheet document (mxl), which only 1C can read. Open it "
            "in 1C and save it as «Лист Excel2007 (*.xlsx)»."
        ),
        "not_a_table": _(
            "This is no table but a file of the kind %(kind)s. Save the list in 1C "
            "as xlsx, xls, csv or txt, or unload the data as XML."
        ),
        "not_text": _(
            "This is neither a workbook nor a text. Save the list in 1C as xlsx, "
            "xls, csv or txt, or unload the data as XML."
        ),
        "archive": _(
            "There are %(count)s files in this archive. Put one into it, or drop "
            "them one after another."
        ),
        "password": _(
            "The file is closed by a password. Open it in Excel, take the password "
            "off, save it and drop it here again."
        ),
        "damaged": _(
            "The file is damaged: it was cut off on the way, or a program wrote it "
            "wrongly. Save the list in 1C once more."
        ),
        "too_big": _(
            "The file unpacks to far more than a list of contractors holds. Save "
            "the list in 1C once more, in parts if it really is that long."
        ),
        "old_and_too_big": _(
            "An xls of more than %(limit)s MiB cannot be read bit by bit. Save the "
            "list in 1C as «Лист Excel2007 (*.xlsx)»."
        ),
        "too_many_rows": _(
            "The file has more than %(limit)s rows. Divide it into parts and import "
            "them one after another."
        ),
        "encoding": _(
            "The file is not in the encoding %(encoding)s. Leave the encoding empty "
            "to have it found."
        ),
        "no_sheet": _("There is no sheet «%(sheet)s» in the file."),
        "no_header": _(
            "No row with such titles as «Наименование», «ИНН», «Код» was found in "
            "the first rows. Leave the titles of the columns in the file."
        ),
        "no_contractors": _(
            "This is an exchange file of 1C, but there are neither contractors nor "
            "contracts in it. Choose them in 1C when you unload the data."
        ),
        "no_user_header": _(
            "No row with such titles as «Полное имя», «Имя для входа», «E-mail» "
            "was found in the first rows. Leave the titles of the columns in the "
            "file."
        ),
        "no_users": _(
            "This is an exchange file of 1C, but there are no users in it. Choose "
            "the catalogue «Пользователи» in 1C when you unload the data, or save "
            "the list of users as xlsx."
        ),
        "contractors_not_users": _(
            "This is a list of contractors. Drop it under «Import from 1C»; here "
            "the list of the users of the information base is needed."
        ),
        "doctype": _(
            "The file declares a document type (DOCTYPE), which 1C never does, so "
            "it is not read. Unload the data from 1C once more."
        ),
        "encoding_told": _(
            "The file says that it is in %(encoding)s, but it is not. Choose its "
            "encoding, mostly Windows-1251, or unload the data once more."
        ),
    }


def exchange_names(env):
    """``{kind of exchange file: what it is called}``."""
    _ = env._
    return {
        "v8": _("exchange file of 1C: «Выгрузка и загрузка данных XML»"),
        "xdto": _("exchange file of 1C: JSON"),
        "enterprise_data": _("exchange file of 1C: EnterpriseData"),
        "commerceml": _("exchange file of 1C: CommerceML"),
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
            "1C has sent something that is no contractor. Open it in 1C, write it "
            "once more and synchronise again."
        ),
        "inn_wrong": _(
            "INN %(value)s does not add up: check it against the documents."
        ),
        "kpp_wrong": _("KPP %(value)s is not of 9 characters."),
        "ogrn_wrong": _(
            "OGRN %(value)s does not add up: check it against the documents."
        ),
        "kind_unknown": _("The kind «%(value)s» is not known."),
        "email_wrong": _("«%(value)s» is no e-mail address."),
        "date_wrong": _("«%(value)s» in the column «%(column)s» is no date."),
        "total_row": _("This row is a total and no client."),
        "header_row": _("This row repeats the titles."),
        "deletion_mark": _("Marked for deletion in 1C."),
        "contract_deleted": _(
            "The contract is marked for deletion in 1C. If a subscription was made "
            "from it, cancel or delete that by hand."
        ),
        "contract_of_nothing": _(
            "No service is chosen for such contracts as «%(value)s»."
        ),
        "contract_alone": _(
            "The client of this contract, «%(value)s», is neither in this file nor "
            "in Odoo with a reference to 1C. Import contractors first."
        ),
        "head_refused": _(
            "«%(value)s» cannot be the head office: it belongs to this client itself."
        ),
        "duplicate": _(
            "Same INN and KPP as «%(value)s»: a duplicate in 1C? It stays a client "
            "of its own unless you join them."
        ),
        "has_login": _(
            "«%(value)s» logs in to Odoo with this card, so it is left as it is."
        ),
        "repeats_row": _("The same client as in row %(value)s."),
        "same_inn": _("Resembles «%(value)s»: the INN is the same."),
        "same_code": _("Resembles «%(value)s»: the code is the same."),
        "same_name": _("Resembles «%(value)s»: the name is the same."),
        "manager_unknown": _("«%(value)s» is not found among the users."),
        "kept_in_odoo": _("Left as edited in Odoo: %(value)s."),
        "archived": _("«%(value)s» is archived in Odoo and stays so."),
        "no_service": _(
            "The row has numbers or dates of a subscription but says not to what."
        ),
        "service_unknown": _("The service «%(value)s» is not in the list of services."),
        "dates_reversed": _("The subscription ends (%(value)s) before it begins."),
        "refused": "%(value)s",
    }
