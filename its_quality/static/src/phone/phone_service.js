import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";

const MODEL = "its.phone.desk";
// Nobody lets it ring for longer; an exchange may forget to say that it is over.
const LONGEST = 3 * 60 * 1000;

/**
 * Who calls now, for whoever is rung up: a card for each call, over whatever page.
 *
 * The message names the call only; what is known of the client is asked for, so that
 * each sees of them what they may.
 */
export const phoneService = {
    dependencies: ["bus_service", "orm"],
    start(env, { bus_service: bus, orm }) {
        const state = reactive({ cards: [] });
        const over = new Set();

        // Whatever is told of it later: what was closed stays so.
        function close(call) {
            over.add(call);
            state.cards = state.cards.filter((card) => card.call !== call);
        }

        async function open({ call, event }) {
            if (over.has(call) || state.cards.some((card) => card.call === call)) {
                return;
            }
            const card = await orm.silent.call(MODEL, "get_card", [event]);
            if (!over.has(call) && !state.cards.some((other) => other.call === call)) {
                state.cards.push({ ...card, call, event });
                setTimeout(() => close(call), LONGEST);
            }
        }

        async function reload(card) {
            Object.assign(card, await orm.silent.call(MODEL, "get_card", [card.event]));
        }

        bus.subscribe("its_phone/ringing", open);
        bus.subscribe("its_phone/over", ({ call }) => close(call));
        return { state, close, open, reload };
    },
};

registry.category("services").add("its_phone", phoneService);
