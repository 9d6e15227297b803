import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    markup,
    onWillStart,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";

import { ClientSearch } from "./client_search";
import { DeskHelp, letters } from "./desk_help";
import { DeskTalk, MODEL, OUTCOMES, OUTCOME_KEYS, drafts } from "./desk_talk";
import { Questionnaire } from "./questionnaire";

const { DateTime } = luxon;
// More often than the server lets go of a client.
const KEEP_EVERY = 4 * 60 * 1000;
// Changes come in crowds: when calls are planned, or a colleague goes through theirs.
const PAUSE = 1000;
/** The page a manager opens in the morning: the queue, and the talk in hand. */
export class CallDesk extends DeskTalk {
    static template = "its_quality.CallDesk";
    static components = { ClientSearch, MultiRecordSelector, Questionnaire };
    static props = { ...standardActionServiceProps };

    setup() {
        super.setup();
        this.dialog = useService("dialog");
        this.bus = useService("bus_service");
        this.queueRef = useRef("queue");
        this.panelRef = useRef("panel");
        this.state = useState({
            queue: {
                calls: [],
                counts: {},
                lacks: [],
                outcomes: [],
                purposes: [],
                services: [],
            },
            filter: { purpose: null, service: null, due: null },
            // What was recorded today, instead of the queue.
            done: null,
            missing: [],
            errors: {},
            call: null,
            form: {},
            panel: null,
            busy: false,
        });
        onWillStart(async () => {
            await this.loadQueue();
            const {
                call_id: asked,
                client_id: client,
                direction,
            } = this.props.action.params || {};
            // Of the first talk only: who rang, or was opened elsewhere.
            this.direction = direction;
            if (client) {
                await this.talkTo(client);
                return;
            }
            if (asked && (await this.open(asked))) {
                return;
            }
            if (!this.env.isSmall) {
                await this.openFirst();
            }
        });
        const keep = browser.setInterval(() => this.keep(), KEEP_EVERY);
        const reload = debounce(() => this.loadQueue(), PAUSE);
        this.bus.subscribe("its_desk/changed", reload);
        onWillUnmount(() => {
            browser.clearInterval(keep);
            this.bus.unsubscribe("its_desk/changed", reload);
            reload.cancel();
            this.release();
        });
        useEffect(
            (panel) => {
                if (panel) {
                    this.panelRef.el
                        ?.querySelector(".o_its_desk_panel")
                        ?.querySelector("input, select, button")
                        ?.focus();
                }
            },
            () => [this.state.panel],
        );
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
    }

    // ------------------------------------------------------------------------
    // The queue
    // ------------------------------------------------------------------------

    async loadQueue() {
        this.state.queue = await this.orm.silent.call(MODEL, "get_queue", [], {
            ...this.state.filter,
        });
        if (this.state.done) {
            this.state.done = await this.orm.silent.call(MODEL, "get_done", []);
        }
    }

    async openFirst() {
        const free = this.state.queue.calls.filter((c) => !c.waits && !c.holder);
        for (const call of free) {
            if (await this.open(call.id, { quiet: true })) {
                return;
            }
        }
        this.state.call = null;
    }

    async setFilter(name, value) {
        this.state.done = null;
        this.state.filter[name] = value;
        await this.loadQueue();
    }

    async setService(service) {
        await this.setFilter("service", Number(service) || null);
    }

    /** A tile of the counts shows what it counts, and everything when pressed again. */
    async toggleDue(due) {
        await this.setFilter("due", this.state.filter.due === due ? null : due);
    }

    async toggleDone() {
        this.state.done = this.state.done
            ? null
            : await this.orm.call(MODEL, "get_done", []);
    }

    // ------------------------------------------------------------------------
    // Whom one talks to
    // ------------------------------------------------------------------------

    /** A client was found: talk to them now, or look at whom one may only see. */
    async chooseClient(client) {
        if (client.may_call || client.call_id) {
            await this.talkTo(client.id);
        } else {
            this.openCard(client.id);
        }
    }

    /** Begin a talk that may not be planned. */
    async talkTo(clientId) {
        await this.release();
        this.show(await this.orm.call(MODEL, "start_talk", [clientId]));
        await this.loadQueue();
    }

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
            this.show(await this.orm.silent.call(MODEL, "open_call", [callId]));
        } catch (error) {
            if (!quiet || !error.data) {
                throw error;
            }
            return false;
        }
        return true;
    }

    show(card) {
        card.call.has_script = Boolean(card.call.script);
        card.call.script = markup(card.call.script);
        this.state.form = {
            summary: "",
            wish_ids: [],
            contact_id: false,
            subscription_id: card.call.subscription_id || false,
            no_more_calls: false,
            call_at: "",
            direction: this.direction || "out",
            // Whatever is pressed twice is recorded once.
            ref: `${Date.now()}.${Math.random()}`,
            ...drafts.read(card.id),
        };
        this.direction = null;
        this.started = DateTime.now();
        this.state.panel = null;
        this.state.missing = [];
        this.state.call = card;
    }

    get hasNotes() {
        const { summary, wish_ids: wishes } = this.state.form;
        return Boolean(summary?.trim() || wishes?.length);
    }

    async release() {
        const call = this.state.call;
        if (call) {
            const hasNotes = this.hasNotes;
            this.state.call = null;
            await this.orm.silent
                .call(MODEL, "release_call", [call.id, hasNotes])
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
        if (ev.key === "Enter" && !ev.target.closest?.("button, a, summary")) {
            ev.preventDefault();
            this.enter();
            return;
        }
        const steps = { ArrowDown: 1, ArrowUp: -1 };
        // There they go through the marks.
        const inQuestion = ev.target.closest?.(".o_its_question");
        if (ev.key in steps && !inQuestion) {
            ev.preventDefault();
            this.step(steps[ev.key]);
            return;
        }
        if (ev.key === "?") {
            ev.preventDefault();
            this.openHelp();
            return;
        }
        const action = letters.areOn() && !inQuestion && this.actionOf(ev);
        if (action) {
            ev.preventDefault();
            action();
        }
    }

    /** What a single key does, if the user lets single keys do anything. */
    actionOf(ev) {
        const letter = (ev.code || ev.key).replace("Key", "").toLowerCase();
        if (this.isVerdict(ev.key)) {
            return () => this.submitVerdict(ev.key);
        }
        if (letter in OUTCOME_KEYS) {
            return () => this.choose(OUTCOME_KEYS[letter]);
        }
        return {
            c: () => this.registerClaim(),
            t: () => this.summaryRef.el?.focus(),
            slash: () => this.focusSearch?.(),
            u: () => this.undoable && this.takeBack(this.undoable),
        }[letter];
    }

    openHelp() {
        this.dialog.add(DeskHelp, {});
    }

    /** A key of its own ends the call in hand; about a claim it has to say how. */
    enter() {
        const { call, panel } = this.state;
        if (!call || this.state.busy) {
            return;
        }
        if (panel === "unhappy") {
            this.submitVerdict(call.claim.verdicts.find(({ reopens }) => reopens).id);
        } else if (panel === "renew" || panel === "decline") {
            this.finishContract(panel);
        } else if (call.claim && !panel) {
            this.notification.add(
                _t("Select what the client says: 5, 3 or 1, or «Not stated»."),
                { type: "warning" },
            );
        } else if (!panel && !this.hasNotes && !this.isAnswered) {
            // Pressed by mistake, perhaps: it is asked what is meant.
            this.state.panel = "empty";
        } else if (panel !== "empty") {
            this.choose(OUTCOMES.includes(panel) ? panel : "reached");
        }
    }

    get isAnswered() {
        const { call } = this.state;
        return Boolean(
            call.is_answered ||
            this.pendingAnswers?.() ||
            call.questionnaire?.questions.some(({ answer }) => answer !== null),
        );
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
                ?.querySelector("[aria-current=true]")
                ?.scrollIntoView({ block: "nearest" });
        }
    }
}

registry.category("actions").add("its_quality.call_desk", CallDesk);
