import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

import { onWillUnmount } from "@odoo/owl";

const WORKING = ["checking", "running", "undoing"];
const CHANNEL = "its_quality.import_progress";
const POLL_MS = 3000;

/**
 * Keeps the page of an import live: the server tells of each batch over the bus; a
 * slow poll serves where no websocket gets through.
 */
export class ImportFormController extends FormController {
    setup() {
        super.setup();
        this.bus = useService("bus_service");
        // The server may be quicker than the page, which then has no record yet.
        const onProgress = ({ id }) => id === this.model.root?.resId && this.refresh();
        this.bus.subscribe(CHANNEL, onProgress);
        const timer = setInterval(() => this.isWorking && this.refresh(), POLL_MS);
        onWillUnmount(() => {
            this.bus.unsubscribe(CHANNEL, onProgress);
            clearInterval(timer);
        });
    }

    get isWorking() {
        const { state, inviting_count } = this.model.root?.data || {};
        return WORKING.includes(state) || inviting_count > 0;
    }

    async refresh() {
        const { root } = this.model;
        if (root.resId && !(await root.isDirty())) {
            await root.load();
        }
    }
}

registry.category("views").add("its_import_form", {
    ...formView,
    Controller: ImportFormController,
});
