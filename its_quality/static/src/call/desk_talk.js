import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { serializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

const { DateTime } = luxon;
export const MODEL = "its.call.desk";
// By the letter on the button, and by the place of its key: in the Russian layout other
// letters are there.
export const OUTCOME_KEYS = {
    n: "no_answer",
    p: "call_back",
    r: "refused",
    w: "wrong_number",
};
export const OUTCOMES = ["reached", ...Object.values(OUTCOME_KEYS)];
export const OUTCOME_LETTERS = Object.fromEntries(
    Object.entries(OUTCOME_KEYS).map(([letter, id]) => [id, letter.toUpperCase()]),
);

/**
 * What was typed, on this computer, until the call is ended: a closed browser loses
 * nothing. Answers to questions are kept by the server as they are given.
 */
export const drafts = {
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

/** The talk in hand: what is noted, asked and agreed, and what comes of it. */
export class DeskTalk extends Component {
    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.summaryRef = useRef("summary");
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

    openCard(clientId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: clientId,
            views: [[false, "form"]],
        });
    }

    /** Ask a questionnaire that nobody has planned; or, with nothing, none. */
    async chooseQuestionnaire(surveyId) {
        const { call } = this.state;
        Object.assign(
            call,
            await this.orm.call(MODEL, "choose_questionnaire", [
                call.id,
                Number(surveyId) || false,
            ]),
        );
    }

    /** Ask a client again, or sooner than planned; they have been warned of it. */
    async askAnyway() {
        const { call } = this.state;
        call.questionnaire = await this.orm.call(MODEL, "ask_anyway", [call.id]);
        call.not_asked = "";
    }

    async saveAnswers(answers) {
        this.state.missing = [];
        this.state.errors = {};
        this.state.call.is_answered = true;
        if (this.state.panel === "missing") {
            this.state.panel = null;
        }
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
        if (this.state.panel === "missing" && outcome === "reached") {
            await this.finish("reached", { partial: true });
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
            ref: form.ref,
            direction: form.direction,
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
            if (result.missing) {
                this.showMissing(result);
                return;
            }
            drafts.drop(call.id);
            this.state.call = null;
            this.tell(call, result);
        } finally {
            this.state.busy = false;
        }
        await this.loadQueue();
        if (!this.env.isSmall) {
            await this.openFirst();
        }
    }

    /** What is not answered is marked where it stands; to go on without is offered. */
    showMissing({ missing, errors }) {
        this.state.missing = missing;
        this.state.errors = errors;
        this.state.panel = missing.length ? "missing" : null;
        const first = missing[0] || Object.keys(errors)[0];
        document
            .querySelector(`.o_its_question[data-question="${first}"]`)
            ?.scrollIntoView({ block: "center" });
    }

    /** To the note, which was forgotten. */
    note() {
        this.state.panel = null;
        this.summaryRef.el?.focus();
    }

    /** What can only be corrected, as a letter has left or a claim has moved. */
    openTalk(interactionId) {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Interaction"),
                res_model: "its.interaction",
                res_id: interactionId,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.loadQueue() },
        );
    }

    get directions() {
        return [
            { id: "out", name: _t("We called") },
            { id: "in", name: _t("The client called") },
        ];
    }

    askMissing() {
        this.state.panel = null;
        document
            .querySelector(`.o_its_question[data-question="${this.state.missing[0]}"]`)
            ?.querySelector("button, input, textarea, select")
            ?.focus();
    }

    // ------------------------------------------------------------------------
    // Taking it back
    // ------------------------------------------------------------------------

    tell(call, result) {
        this.closeNotice?.();
        this.undoable = result.undo ? result.interaction_id : null;
        const undoable = this.undoable;
        this.closeNotice = this.notification.add(
            `${call.client.name}. ${result.message}`,
            {
                type: "success",
                ...(undoable
                    ? {
                          autocloseDelay: result.undo * 1000,
                          buttons: [
                              {
                                  name: _t("Undo"),
                                  onClick: () => this.takeBack(undoable),
                              },
                          ],
                      }
                    : {}),
                onClose: () => {
                    this.closeNotice = null;
                },
            },
        );
    }

    /** Undo what was recorded, and go on with the talk where it was. */
    async takeBack(interactionId) {
        const { call_id: callId, form } = await this.orm.call(MODEL, "take_back", [
            interactionId,
        ]);
        this.undoable = null;
        this.closeNotice?.();
        await this.release();
        drafts.write(callId, form);
        this.state.done = null;
        await this.loadQueue();
        await this.open(callId);
    }

    // ------------------------------------------------------------------------
    // The contract
    // ------------------------------------------------------------------------

    /** Ask until when a contract is renewed, or why it is not. */
    askContract(panel, subscription) {
        const { offer } = subscription;
        Object.assign(this.state.form, {
            contract: {
                subscription_id: subscription.id,
                date_end: offer.date_end,
                contract_number: offer.contract_number,
                reason_id: false,
            },
        });
        this.state.panel = panel;
    }

    updateContract(name, value) {
        this.state.form.contract[name] = value;
    }

    get contract() {
        const { contract } = this.state.form;
        return this.state.call.subscriptions.find(
            ({ id }) => id === contract?.subscription_id,
        );
    }

    /** What a call before renewal is about, if it can still be renewed. */
    get renewable() {
        const { call, subscriptions } = this.state.call;
        const offered = subscriptions.filter(({ offer }) => offer);
        return offered.find(({ id }) => id === call.subscription_id) || offered[0];
    }

    async finishContract(kind) {
        const { contract, summary } = this.state.form;
        await this.finish("reached", {
            [kind]: {
                subscription_id: contract.subscription_id,
                ...(kind === "renew"
                    ? {
                          date_end: contract.date_end,
                          contract_number: contract.contract_number,
                      }
                    : {
                          reason_id: Number(contract.reason_id) || false,
                          note: summary,
                      }),
            },
            partial: true,
        });
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
