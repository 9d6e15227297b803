import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormRenderer } from "@web/views/form/form_renderer";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

// So many buttons leave room for the first and the last stage beside them.
const IN_FRONT = 2;

/**
 * The steps that a claim may take now: the likeliest ones in front, the others behind
 * «More», as Odoo has them on a telephone.
 */
export class ClaimButtons extends StatusBarButtons {
    static template = "its_quality.ClaimButtons";

    get front() {
        return this.visibleSlotNames.slice(0, this.env.isSmall ? 1 : IN_FRONT);
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
