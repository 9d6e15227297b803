import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { sprintf } from "@web/core/utils/strings";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

/**
 * The page of one questionnaire: a chart for each question, and next to each share the
 * one of the period before.
 */
export class SurveyResults extends Component {
    static template = "its_quality.SurveyResults";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ results: null, filters: {}, error: "", busy: false });
        this.surveyId = this.props.action.context.active_id;
        onWillStart(() => this.load());
    }

    /** The last question asked is the one whose answer is shown. */
    async load() {
        const asked = JSON.stringify([this.surveyId, this.state.filters]);
        this.lastAsked = asked;
        this.state.busy = true;
        try {
            const results = await this.orm.call("its.survey.results", "get_results", [
                this.surveyId,
                this.state.filters,
            ]);
            if (this.lastAsked === asked) {
                this.state.results = results;
                this.state.error = "";
            }
        } catch (error) {
            if (!error.data) {
                throw error;
            }
            this.state.error = error.data.message;
        } finally {
            this.state.busy = this.lastAsked !== asked;
        }
    }

    async onFilter(name, value) {
        const chosen = name.endsWith("_id") ? Number(value) : value;
        this.state.filters = { ...this.state.filters, [name]: chosen || false };
        await this.load();
    }

    async onSurvey(value) {
        this.surveyId = Number(value);
        this.state.filters = {
            date_from: this.state.filters.date_from,
            date_to: this.state.filters.date_to,
        };
        this.props.updateActionState({ active_id: this.surveyId });
        await this.load();
    }

    /** The answers behind a chart, in the report. */
    openAnswers(question) {
        const { results, filters } = this.state;
        const domain = [
            ["question_id", "=", question.id],
            ["date", ">=", results.start],
            ["date", "<", results.end],
        ];
        for (const name of ["service_id", "team_id"]) {
            if (filters[name]) {
                domain.push([name, "=", filters[name]]);
            }
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: question.title,
            res_model: "its.survey.report",
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "graph"],
            ],
            domain,
        });
    }

    openResponse(responseId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "survey.user_input",
            res_id: responseId,
            views: [[false, "form"]],
        });
    }

    // What is shown

    get period() {
        const [start, end] = this.state.results.before.map(this.day);
        return _t("Compared with %(start)s – %(end)s: the line in the bar", {
            start,
            end,
        });
    }

    day(text) {
        return formatDate(
            text.length > 10 ? deserializeDateTime(text) : deserializeDate(text),
        );
    }

    number(value) {
        const places = Number.isInteger(value) ? 0 : 1;
        return value === null ? "–" : formatFloat(value, { digits: [0, places] });
    }

    percent(value) {
        return value === null ? "–" : `${this.number(value)} %`;
    }

    /** What the line in a bar says. */
    before(bar) {
        return _t("before: %s", this.percent(bar.before));
    }

    /** How a figure has changed; nothing where there is nothing to compare with. */
    change(now, before) {
        if (now === null || before === null || now === before) {
            return "";
        }
        const sign = now > before ? "+" : "−";
        return sign + this.number(Math.abs(now - before));
    }

    /** Colored only if chance alone would hardly have made the change. */
    changeClass(now, before, certain) {
        if (!certain.significant) {
            return "text-muted";
        }
        return now >= before ? "text-success fw-bold" : "text-danger fw-bold";
    }

    /** How far the truth may be from a figure; nothing for a mere count. */
    certainty({ count, few, low, high }) {
        if (few) {
            return sprintf(_t("%s: too few to tell"), count);
        }
        return low === null
            ? ""
            : sprintf(_t("%(counted)s, likely %(low)s … %(high)s"), {
                  counted: count,
                  low: this.number(low),
                  high: this.number(high),
              });
    }

    /** The more often an answer, the darker its cell; see the style sheet. */
    shade(cell) {
        return `--its-share: ${(cell.share || 0) / 100}`;
    }
}

registry.category("actions").add("its_quality.survey_results", SurveyResults);
