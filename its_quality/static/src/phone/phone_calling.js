import { CallDesk } from "../call/call_desk";
import { PhoneField } from "@web/views/fields/phone/phone_field";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { session } from "@web/session";
import { useService } from "@web/core/utils/hooks";

/** Calling by our exchange, for those who have an extension; else the link dials. */
const calling = () => ({
    setup() {
        super.setup(...arguments);
        this.itsOrm = useService("orm");
        this.itsNotification = useService("notification");
    },

    /**
     * @param {MouseEvent} ev a press on a link that dials
     * @param {string} number
     */
    async itsCall(ev, number) {
        if (!session.its_phone || !number) {
            return;
        }
        ev.preventDefault();
        const link = ev.currentTarget.href;
        const { message } = await this.itsOrm.call("its.phone.desk", "call_number", [
            number,
        ]);
        if (message) {
            this.itsNotification.add(message, { type: "info" });
        } else {
            browser.location.href = link;
        }
    },
});

patch(CallDesk.prototype, calling());
patch(PhoneField.prototype, calling());
