import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormRenderer } from "@web/views/form/form_renderer";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

// So many buttons leave room for the first and the last stage beside them, and for how long a
// claim was in each.
const ROOM = 2;

/**
 * The steps that a claim may take now: where there are many, the likeliest one in front and
 * the others behind «More», as Odoo has them on a telephone.
 */
export class ClaimButtons extends StatusBarButtons {
    static template = "its_quality.ClaimButtons";

    get front() {
        const all = this.visibleSlotNames;
        return this.env.isSmall || all.length > ROOM ? all.slice(0, 1) : all;
    }

    get others() {
        return this.visibleSlotNames.slice(this.front.length);
    }
}

export class ClaimFormRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: ClaimButtons };
}

registry.category("views").add("its_claim_form", {
    ...formView,
    Renderer: ClaimFormRenderer,
});
