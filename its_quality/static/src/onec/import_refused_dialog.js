import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { WarningDialog } from "@web/core/errors/error_dialogs";

/** What is the matter with a file or a base of 1C, under a title that says so. */
export class ImportRefusedDialog extends WarningDialog {
    inferTitle() {
        return _t("Import from 1C").toString();
    }
}

registry
    .category("error_dialogs")
    .add(
        "odoo.addons.its_quality.models.onec.refused.ImportRefused",
        ImportRefusedDialog,
    );
