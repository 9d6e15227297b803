import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { checkFileSize } from "@web/core/utils/files";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { useService } from "@web/core/utils/hooks";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { BinaryField, binaryField } from "@web/views/fields/binary/binary_field";

import { useRef, useState } from "@odoo/owl";

/**
 * The first step of an import: a file dropped here is saved and checked at once, so
 * that the next thing the user sees is what would happen.
 */
export class ImportFileField extends BinaryField {
    static template = "its_quality.ImportFileField";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.area = useRef("area");
        this.state = useState({ busy: false });
        useDropzone(
            this.area,
            (event) => this.onDrop(event),
            "",
            () => !this.state.busy,
        );
    }

    async onDrop(event) {
        const [file] = event.dataTransfer.files;
        if (file && checkFileSize(file.size, this.notification)) {
            const url = await getDataURLFromFile(file);
            await this.update({ data: url.split(",")[1], name: file.name });
        }
    }

    /** Take the file in; whatever is wrong with it is said by the server. */
    async update({ data, name }) {
        if (!data) {
            this.notification.add(_t("The file «%s» is empty.", name), {
                type: "danger",
            });
            return;
        }
        const { record } = this.props;
        this.state.busy = true;
        try {
            await super.update({ data, name });
            if (await record.save()) {
                await this.orm.call(record.resModel, "action_check", [[record.resId]]);
            }
        } catch (error) {
            await record.discard();
            throw error;
        } finally {
            this.state.busy = false;
            if (record.resId) {
                await record.load();
            }
        }
    }
}

registry.category("fields").add("its_import_file", {
    ...binaryField,
    component: ImportFileField,
});
