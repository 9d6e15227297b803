import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { serializeDateTime } from "@web/core/l10n/dates";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    Component,
    markup,
    onWillStart,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";

import { Questionnaire } from "./questionnaire";

const { DateTime } = luxon;
const MODEL = "its.call.desk";
// More often than the server lets go of a client.
const KEEP_EVERY = 4 * 60 * 1000;
// By the letter on the button, and by the place of its key: in the Russian layout other
// letters are there.
const OUTCOME_KEYS = {
    n: "no_answer",
    p: "call_back",
    r: "refused",
    w: "wrong_number",
};
const OUTCOME_LETTERS = Object.fromEntries(
    Object.entries(OUTCOME_KEYS).map(([letter, id]) => [id, letter.toUpperCase()]),
);

/**
 * What was typed, on this computer, until the call is ended: a closed browser loses
 * nothing. Answers to questions are kept by the server as they are given.
 */
const drafts = {
    key: (callId) => `its_quality.call_desk.${callId}`,
    read(callId) {
        const text = browser.localStorage.getItem(drafts.key(callId));
        return text ? JSON.parse(text) : {};
    },
    write(callId, draft) {
        browser.localStorage.setItem(drafts.key(callId), JSON.stringify(draft));
    },
    drop(callId) {
        browser.localStorage.removeItem(drafts.key(callId));
    },
};

export class CallDesk extends Component {
    static template = "its_quality.CallDesk";
    static components = { MultiRecordSelector, Questionnaire };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.queueRef = useRef("queue");
        this.summaryRef = useRef("summary");
        this.searchRef = useRef("search");
        this.state = useState({
            queue: {
                calls: [],
                counts: {},
                lacks: [],
                outcomes: [],
                purposes: [],
                services: [],
            },
            filter: {
                purpose: null,
                service: null,
                // The client whose call was opened elsewhere.
                search: this.props.action?.params?.search || "",
            },
            call: null,
            form: {},
            panel: null,
            busy: false,
        });
        this.searchSoon = debounce(() => this.loadQueue(), 300);
        onWillStart(async () => {
            await this.loadQueue();
            const asked = this.props.action.params?.call_id;
            if (asked && (await this.open(asked))) {
                return;
            }
            if (!this.env.isSmall) {
                await this.openFirst();
            }
        });
        const keep = browser.setInterval(() => this.keep(), KEEP_EVERY);
        onWillUnmount(() => {
            browser.clearInterval(keep);
            this.release();
        });
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
    }

    // ------------------------------------------------------------------------
    // The queue
    // ------------------------------------------------------------------------

    async loadQueue() {
        this.state.queue = await this.orm.call(MODEL, "get_queue", [], {
            ...this.state.filter,
        });
    }

    async openFirst() {
        for (const call of this.state.queue.calls.filter((c) => !c.waits)) {
            if (await this.open(call.id, { quiet: true })) {
                return;
            }
        }
        this.state.call = null;
    }

    async setPurpose(purpose) {
        this.state.filter.purpose = purpose;
        await this.loadQueue();
    }

    async setService(service) {
        this.state.filter.service = Number(service) || null;
        await this.loadQueue();
    }

    onSearch(ev) {
        this.state.filter.search = ev.target.value;
        this.searchSoon();
    }

    // ------------------------------------------------------------------------
    // One client
    // ------------------------------------------------------------------------

    /**
     * @param {number} callId
     * @param {{quiet?: boolean}} options quiet: a client in other hands is passed over
     * @returns {Promise<boolean>} whether the client is in our hands now
     */
    async open(callId, { quiet = false } = {}) {
        if (this.state.call?.id === callId) {
            return true;
        }
        await this.release();
        try {
            const call = await this.orm.silent.call(MODEL, "open_call", [callId]);
            call.call.has_script = Boolean(call.call.script);
            call.call.script = markup(call.call.script);
            this.state.form = {
                summary: "",
                wish_ids: [],
                contact_id: false,
                subscription_id: call.call.subscription_id || false,
                no_more_calls: false,
                call_at: "",
                ...drafts.read(callId),
            };
            this.started = DateTime.now();
            this.state.panel = null;
            this.state.call = call;
        } catch (error) {
            if (!quiet || !error.data) {
                throw error;
            }
            return false;
        }
        return true;
    }

    async release() {
        const call = this.state.call;
        if (call) {
            this.state.call = null;
            await this.orm.silent
                .call(MODEL, "release_call", [call.id])
                .catch(() => {});
        }
    }

    async back() {
        await this.release();
        await this.loadQueue();
    }

    keep() {
        if (this.state.call) {
            this.orm.silent
                .call(MODEL, "keep_call", [this.state.call.id])
                .catch(() => {});
        }
    }

    update(name, value) {
        this.state.form[name] = value;
        drafts.write(this.state.call.id, this.state.form);
    }

    isContact(person) {
        return Number(this.state.form.contact_id) === person.id;
    }

    /** What ended since, or belongs to another company, is not offered. */
    get mayChooseAbout() {
        const { call, subscriptions, claim } = this.state.call;
        const planned = call.subscription_id;
        return (
            !claim &&
            subscriptions.length > 0 &&
            (!planned || subscriptions.some(({ id }) => id === planned))
        );
    }

    isAbout(subscription) {
        return Number(this.state.form.subscription_id) === subscription.id;
    }

    /** Lets the questionnaire be asked for what it has not saved yet. */
    setPending(pending) {
        this.pendingAnswers = pending;
    }

    /** Register what the client is not satisfied with, without leaving the talk. */
    async registerClaim() {
        const { call, form } = this.state;
        if (!call?.may_register) {
            return;
        }
        const action = await this.orm.call(MODEL, "register_claim", [
            call.id,
            Number(form.contact_id) || false,
            form.summary,
        ]);
        await this.action.doAction(action, { onClose: () => this.refreshClaims() });
    }

    /** Look at a claim in a dialog while the talk continues. */
    openClaim(id) {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Claim"),
                res_model: "its.claim",
                res_id: id,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.refreshClaims() },
        );
    }

    async refreshClaims() {
        const { call } = this.state;
        if (call) {
            const fresh = await this.orm.silent.call(MODEL, "open_call", [call.id]);
            call.claims = fresh.claims;
        }
    }

    openClient() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: this.state.call.client.id,
            views: [[false, "form"]],
        });
    }

    /** Ask a client again, or sooner than planned; they have been warned of it. */
    async askAnyway() {
        const { call } = this.state;
        call.questionnaire = await this.orm.call(MODEL, "ask_anyway", [call.id]);
        call.not_asked = "";
    }

    async saveAnswers(answers) {
        return this.orm.silent.call(MODEL, "save_answers", [
            this.state.call.id,
            answers,
        ]);
    }

    // ------------------------------------------------------------------------
    // The result
    // ------------------------------------------------------------------------

    /** What the client says about the claim of the call, which ends the call. */
    async submitVerdict(satisfaction) {
        const { call, form } = this.state;
        if (!call?.claim || this.state.busy) {
            return;
        }
        const verdict = call.claim.verdicts.find(({ id }) => id === satisfaction);
        if (verdict.reopens && !form.summary.trim()) {
            // The person who works on it again has to know what is wrong.
            this.state.panel = "unhappy";
            this.summaryRef.el?.focus();
            return;
        }
        await this.finish("reached", { satisfaction });
    }

    /** Ask for what an outcome needs, or end the call. */
    async choose(outcome) {
        if (!this.state.call || this.state.busy) {
            return;
        }
        if (
            ["call_back", "refused"].includes(outcome) &&
            this.state.panel !== outcome
        ) {
            this.state.panel = outcome;
            if (outcome === "call_back" && !this.state.form.call_at) {
                this.callIn({ hours: 1 });
            }
            return;
        }
        await this.finish(outcome);
    }

    async finish(outcome, more = {}) {
        const { call, form } = this.state;
        const values = {
            ...more,
            summary: form.summary,
            wish_ids: form.wish_ids,
            contact_id: Number(form.contact_id) || false,
            ...(this.mayChooseAbout
                ? { subscription_id: Number(form.subscription_id) || false }
                : {}),
            duration:
                outcome === "reached"
                    ? DateTime.now().diff(this.started).as("hours")
                    : 0,
        };
        if (outcome === "call_back") {
            const moment = DateTime.fromISO(form.call_at);
            values.call_at = moment.isValid ? serializeDateTime(moment) : false;
        }
        if (outcome === "refused") {
            values.no_more_calls = form.no_more_calls;
        }
        this.state.busy = true;
        try {
            const answers = this.pendingAnswers?.() || null;
            const result = await this.orm.call(MODEL, "finish_call", [
                call.id,
                outcome,
                values,
                answers,
            ]);
            drafts.drop(call.id);
            this.state.call = null;
            this.notification.add(`${call.client.name}. ${result.message}`, {
                type: "success",
            });
        } finally {
            this.state.busy = false;
        }
        await this.loadQueue();
        if (!this.env.isSmall) {
            await this.openFirst();
        }
    }

    /** Propose a time to call back. */
    callIn(duration) {
        this.setCallAt(DateTime.now().plus(duration).startOf("minute"));
    }

    callTomorrow() {
        this.setCallAt(
            DateTime.now().plus({ days: 1 }).set({ hour: 10, minute: 0, second: 0 }),
        );
    }

    setCallAt(moment) {
        this.update("call_at", moment.toFormat("yyyy-MM-dd'T'HH:mm"));
    }

    // ------------------------------------------------------------------------
    // The keyboard
    // ------------------------------------------------------------------------

    onKeydown(ev) {
        if (ev.defaultPrevented || document.querySelector(".modal.show, .o_dialog")) {
            return;
        }
        const typing = ev.target.closest?.(
            "input, textarea, select, [contenteditable=true]",
        );
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            this.enter();
            return;
        }
        if (ev.key === "Escape") {
            this.state.panel = null;
            typing?.blur();
            return;
        }
        if (typing || ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        const letter = (ev.code || ev.key).replace("Key", "").toLowerCase();
        const steps = { ArrowDown: 1, ArrowUp: -1 };
        if (ev.key in steps) {
            ev.preventDefault();
            this.step(steps[ev.key]);
        } else if (ev.key === "Enter" && !ev.target.closest?.("button, a")) {
            ev.preventDefault();
            this.enter();
        } else if (this.isVerdict(ev.key)) {
            ev.preventDefault();
            this.submitVerdict(ev.key);
        } else if (letter === "c") {
            ev.preventDefault();
            this.registerClaim();
        } else if (letter in OUTCOME_KEYS) {
            ev.preventDefault();
            this.choose(OUTCOME_KEYS[letter]);
        } else if (letter === "slash") {
            ev.preventDefault();
            this.searchRef.el?.focus();
        } else if (letter === "t") {
            ev.preventDefault();
            this.summaryRef.el?.focus();
        }
    }

    /** A key of its own ends the call in hand; about a claim it has to say how. */
    enter() {
        const { call, panel } = this.state;
        if (panel === "unhappy") {
            this.submitVerdict(call.claim.verdicts.find(({ reopens }) => reopens).id);
        } else if (panel || !call?.claim) {
            this.choose(panel || "reached");
        } else {
            this.notification.add(
                _t("Select what the client says: 5, 3 or 1, or «Not stated»."),
                { type: "warning" },
            );
        }
    }

    isVerdict(key) {
        return this.state.call?.claim?.verdicts.some(({ id }) => id === key);
    }

    async step(by) {
        const { calls } = this.state.queue;
        const place = calls.findIndex((call) => call.id === this.state.call?.id);
        const next = calls[place + by];
        if (next) {
            await this.open(next.id);
            this.queueRef.el
                ?.querySelector(".active")
                ?.scrollIntoView({ block: "nearest" });
        }
    }

    // ------------------------------------------------------------------------
    // Texts
    // ------------------------------------------------------------------------

    get outcomes() {
        return this.state.queue.outcomes.map(({ id, name }) => {
            if (id !== "reached") {
                return { id, name, key: OUTCOME_LETTERS[id], style: "btn-secondary" };
            }
            return this.state.call?.claim
                ? { id, name: _t("Not stated"), key: "", style: "btn-secondary" }
                : { id, name, key: "⏎", style: "btn-success" };
        });
    }

    age(claim) {
        return claim.days ? _t("%s d.", claim.days) : _t("today");
    }

    /** The address that dials a number; what follows «доб.» is an extension (RFC 3966). */
    dial(number) {
        const [main, extension] = number
            .split(/доб|вн|ext|#/i)
            .map((part) => part.replace(/[^+\d]/g, ""));
        return `tel:${main}${extension ? `;ext=${extension}` : ""}`;
    }
}

registry.category("actions").add("its_quality.call_desk", CallDesk);
