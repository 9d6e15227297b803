import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

/** The cards of those who call, in the corner of whatever page is open. */
export class PhoneCards extends Component {
    static template = "its_quality.PhoneCards";
    static props = {};

    setup() {
        this.phone = useService("its_phone");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.state = useState(this.phone.state);
    }

    openClient(client) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: client.id,
            views: [[false, "form"]],
        });
    }

    openDesk(client) {
        this.action.doAction({
            type: "ir.actions.client",
            tag: "its_quality.call_desk",
            name: _t("Call Desk"),
            params: client.call_id
                ? { call_id: client.call_id, direction: "in" }
                : { client_id: client.id, direction: "in" },
        });
    }

    /** Choose the client whose number it is. */
    link(card) {
        this.dialog.add(SelectCreateDialog, {
            resModel: "res.partner",
            title: _t("Whose number is it?"),
            domain: [["its_client", "=", true]],
            multiSelect: false,
            noCreate: true,
            onSelected: async ([partnerId]) => {
                const name = await this.orm.call("its.phone.desk", "link_number", [
                    card.event,
                    partnerId,
                ]);
                this.notification.add(_t("The number now belongs to %s.", name), {
                    type: "success",
                });
                await this.phone.reload(card);
            },
        });
    }

    newClient(card) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            views: [[false, "form"]],
            context: {
                default_phone: card.number,
                default_its_client: true,
                default_is_company: true,
            },
        });
    }

    age(claim) {
        return claim.days ? _t("%s d.", claim.days) : _t("today");
    }
}

registry
    .category("main_components")
    .add("its_quality.PhoneCards", { Component: PhoneCards });
