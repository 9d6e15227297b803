import { Component, onWillUnmount, useState } from "@odoo/owl";
import { debounce } from "@web/core/utils/timing";

// Typing is saved when it pauses, a click at once.
const PAUSE = 700;

/**
 * A questionnaire that a manager fills in while talking. Every answer goes to the server
 * as it is given, which says which questions it brings up or takes away.
 */
export class Questionnaire extends Component {
    static template = "its_quality.Questionnaire";
    static props = {
        data: Object,
        save: Function,
        register: { type: Function, optional: true },
        missing: { type: Array, optional: true },
        errors: { type: Object, optional: true },
    };

    setup() {
        const { questions, visible_ids } = this.props.data;
        this.state = useState({
            visible: new Set(visible_ids),
            answers: Object.fromEntries(
                questions.map(({ id, answer, comment }) => [
                    id,
                    { answer, comment: comment || "" },
                ]),
            ),
            errors: {},
        });
        this.changed = new Set();
        this.saveSoon = debounce(() => this.save(), PAUSE);
        this.props.register?.(() => this.pending());
        onWillUnmount(() => {
            this.props.register?.(null);
            this.saveSoon.cancel();
        });
    }

    get questions() {
        return this.props.data.questions.filter(({ id }) => this.state.visible.has(id));
    }

    range({ min, max }) {
        return Array.from({ length: max - min + 1 }, (_, step) => min + step);
    }

    errorOf(question) {
        return this.state.errors[question.id] || this.props.errors?.[question.id];
    }

    isMissing(question) {
        const { answer } = this.state.answers[question.id];
        return this.props.missing?.includes(question.id) && (answer ?? "") === "";
    }

    /** Through the marks of a scale by arrows, and to one of them by its digits. */
    onScaleKeydown(ev, question) {
        if (ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        const marks = this.range(question.scale);
        const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
        let mark = null;
        if (ev.key in steps) {
            const place = marks.indexOf(Number(ev.target.dataset.mark));
            mark = marks[place + steps[ev.key]] ?? marks[place];
        } else if (/^\d$/.test(ev.key)) {
            mark = this.typedMark(ev, marks);
        }
        if (ev.key in steps || /^\d$/.test(ev.key)) {
            ev.preventDefault();
            ev.stopPropagation();
        }
        if (mark !== null) {
            this.set(question, mark, { soon: true });
            ev.currentTarget.querySelector(`[data-mark="${mark}"]`)?.focus();
        }
    }

    /** A second digit that follows at once makes one number of both. */
    typedMark(ev, marks) {
        const soon = ev.timeStamp - (this.typed?.at ?? -PAUSE) < PAUSE;
        const both = Number(`${soon ? this.typed.digit : ""}${ev.key}`);
        this.typed = { digit: ev.key, at: ev.timeStamp };
        if (marks.includes(both)) {
            return both;
        }
        return marks.includes(Number(ev.key)) ? Number(ev.key) : null;
    }

    /** Of the marks, one is in the order of the Tab key. */
    isReached(question, value) {
        const chosen = this.range(question.scale).some((mark) =>
            this.has(question, mark),
        );
        return chosen ? this.has(question, value) : value === question.scale.min;
    }

    /** What has been answered and not yet saved, and nothing if that is nothing. */
    pending() {
        if (!this.changed.size) {
            return null;
        }
        const answers = {};
        for (const id of this.changed) {
            answers[id] = { ...this.state.answers[id] };
        }
        return answers;
    }

    async save() {
        const answers = this.pending();
        if (!answers) {
            return;
        }
        this.changed.clear();
        try {
            const { errors, visible_ids, cleared } = await this.props.save(answers);
            this.state.visible = new Set(visible_ids);
            for (const id of Object.keys(answers)) {
                delete this.state.errors[id];
            }
            Object.assign(this.state.errors, errors);
            for (const id of cleared || []) {
                this.state.answers[id] = { answer: null, comment: "" };
            }
        } catch (error) {
            Object.keys(answers).forEach((id) => this.changed.add(Number(id)));
            throw error;
        }
    }

    set(question, answer, { soon = false } = {}) {
        this.state.answers[question.id].answer = answer;
        this.changed.add(question.id);
        return soon ? this.saveSoon() : this.save();
    }

    comment(question, text) {
        this.state.answers[question.id].comment = text;
        this.changed.add(question.id);
        this.saveSoon();
    }

    /** The value of a field: a zero is an answer, too. */
    text(question) {
        return String(this.state.answers[question.id].answer ?? "");
    }

    has(question, value) {
        const { answer } = this.state.answers[question.id];
        return Array.isArray(answer)
            ? answer.map(Number).includes(value)
            : String(answer ?? "") === String(value);
    }

    toggle(question, value) {
        const chosen = new Set(
            (this.state.answers[question.id].answer || []).map(Number),
        );
        if (!chosen.delete(value)) {
            chosen.add(value);
        }
        this.set(question, [...chosen]);
    }

    hasCell(question, row, column) {
        const cells = this.state.answers[question.id].answer?.[row] || [];
        return cells.map(Number).includes(column);
    }

    setCell(question, row, column) {
        const answer = { ...this.state.answers[question.id].answer };
        const chosen = new Set((answer[row] || []).map(Number));
        if (!chosen.delete(column)) {
            if (!question.multiple) {
                chosen.clear();
            }
            chosen.add(column);
        }
        answer[row] = [...chosen];
        this.set(question, answer);
    }
}
