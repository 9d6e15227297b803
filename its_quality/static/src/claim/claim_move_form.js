import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

/**
 * The dialog of a transition asks: nothing is marked as wrong before its reader has had
 * a chance to fill it in. Odoo does so with each record that is there already.
 */
export class ClaimMoveFormController extends FormController {
    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRootLoaded = (move) => {
            for (const name of move.fieldNames) {
                move.resetFieldValidity(name);
            }
        };
        return params;
    }
}

registry.category("views").add("its_claim_move_form", {
    ...formView,
    Controller: ClaimMoveFormController,
});
