import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { sprintf } from "@web/core/utils/strings";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { DashboardChart } from "./dashboard_chart";

const TITLES = {
    claims: _t("Claims per 100 contracts a month"),
    late: _t("Late claims, %"),
};
const RULES = {
    1: _t("beyond the limit"),
    2: _t("two of three far on one side"),
    3: _t("four of five on one side"),
    4: _t("eight in a row on one side"),
};
// The figures, the middle, the limits.
const COLORS = ["#714B67", "#6C757D", "#A3123A", "#A3123A"];

/**
 * Which month is unlike the others by more than chance; a point opens its claims.
 */
export class ClaimControl extends Component {
    static template = "its_quality.ClaimControl";
    static components = { DashboardChart, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.titles = TITLES;
        this.state = useState({ found: null, teamId: false, problemId: false });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.found = await this.orm.call("its.claim.control", "get_charts", [
            this.state.teamId,
            this.state.problemId,
        ]);
    }

    onFilter(name, value) {
        this.state[name] = Number(value) || false;
        return this.load();
    }

    label({ first, last }) {
        const [from, to] = [first, last].map((day) =>
            deserializeDate(day).toFormat("LLL yy"),
        );
        return from === to ? from : `${from} – ${to}`;
    }

    shown({ middle, points }) {
        const of = (name) => points.map((point) => point[name]);
        const series = [of("value"), points.map(() => middle), of("high"), of("low")];
        return {
            kind: "line",
            labels: points.map((point) => this.label(point)),
            names: [_t("Value"), _t("Mean"), _t("Upper limit"), _t("Lower limit")].map(
                String,
            ),
            series: series.map((data) => ({ data })),
            colors: COLORS,
            // As high as the figures are.
            max: 0,
        };
    }

    /** The points that are no chance, in words. */
    signals({ points }) {
        return points
            .filter(({ signal }) => signal)
            .map((point) => ({
                point,
                text: sprintf(_t("%(month)s: %(value)s, %(rule)s"), {
                    month: this.label(point),
                    value: formatFloat(point.value, { digits: [16, 1] }),
                    rule: RULES[point.signal],
                }),
            }));
    }

    open(chart, at) {
        return this.openPoint(chart, chart.points[at]);
    }

    openPoint(chart, point) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${TITLES[chart.name]}: ${this.label(point)}`,
            res_model: "its.claim.report",
            views: [
                [false, "list"],
                [false, "pivot"],
            ],
            domain: point.domain,
        });
    }
}

registry.category("actions").add("its_quality.claim_control", ClaimControl);
