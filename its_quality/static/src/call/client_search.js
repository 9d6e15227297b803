import { Component, useRef, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";

const MODEL = "its.call.desk";
const PAUSE = 250;
const FEWEST = 2;

/** Finds any client that the user may see, by whatever is known of them. */
export class ClientSearch extends Component {
    static template = "its_quality.ClientSearch";
    static props = { select: Function, register: { type: Function, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.inputRef = useRef("input");
        this.state = useState({ text: "", found: null, chosen: 0 });
        this.findSoon = debounce(() => this.find(), PAUSE);
        this.props.register?.(() => this.inputRef.el?.focus());
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        if (this.state.text.trim().length < FEWEST) {
            this.state.found = null;
        }
        this.findSoon();
    }

    async find() {
        const text = this.state.text.trim();
        if (text.length < FEWEST) {
            return;
        }
        const found = await this.orm.silent.call(MODEL, "find_clients", [text]);
        // What was typed meanwhile is looked for next.
        if (text === this.state.text.trim()) {
            this.state.found = found;
            this.state.chosen = 0;
        }
    }

    async onKeydown(ev) {
        const { found } = this.state;
        const steps = { ArrowDown: 1, ArrowUp: -1 };
        if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            this.clear();
        } else if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.findSoon.cancel();
            if (!found) {
                await this.find();
            }
            this.select(this.state.found?.[this.state.chosen]);
        } else if (ev.key in steps && found?.length) {
            ev.preventDefault();
            const last = found.length - 1;
            const place = this.state.chosen + steps[ev.key];
            this.state.chosen = Math.max(0, Math.min(last, place));
        }
    }

    clear() {
        this.findSoon.cancel();
        Object.assign(this.state, { text: "", found: null, chosen: 0 });
    }

    select(client) {
        if (client) {
            this.clear();
            this.inputRef.el?.blur();
            this.props.select(client);
        }
    }

    /** The list goes with the focus, unless the focus goes into it. */
    onFocusout(ev) {
        if (!ev.currentTarget.contains(ev.relatedTarget)) {
            this.state.found = null;
        }
    }

    about({ inn, phone, city, manager }) {
        return [inn, phone, city, manager].filter(Boolean).join(" · ");
    }

    get activeId() {
        const client = this.state.found?.[this.state.chosen];
        return client ? `o_its_found_${client.id}` : undefined;
    }
}
