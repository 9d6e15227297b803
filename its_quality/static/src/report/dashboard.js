import { Component, onMounted, useState } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { sprintf } from "@web/core/utils/strings";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { DashboardChart } from "./dashboard_chart";
import { CHARTS, PERIODS, TILES } from "./dashboard_parts";

/**
 * The state of service quality at a glance; each number opens its report, filtered as
 * the number is.
 */
export class QualityDashboard extends Component {
    static template = "its_quality.QualityDashboard";
    static components = { DashboardChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.charts = CHARTS;
        this.periods = PERIODS;
        this.last = new KeepLast();
        this.state = useState({
            period: "month",
            teamId: false,
            ...this.props.state,
            figures: null,
            busy: true,
            error: "",
        });
        useSetupAction({
            getLocalState: () => ({
                period: this.state.period,
                teamId: this.state.teamId,
            }),
        });
        // The page is there at once; its numbers fill in without moving anything.
        onMounted(() => this.load());
    }

    async load() {
        this.state.busy = true;
        try {
            const asked = this.orm.silent.call("its.dashboard", "get_figures", [
                this.state.period,
                this.state.teamId,
            ]);
            this.state.figures = await this.last.add(asked);
            this.state.error = "";
        } catch (error) {
            const said =
                error.exceptionName?.startsWith("odoo.exceptions.") &&
                error.data?.message;
            this.state.error =
                said ||
                _t(
                    "The figures could not be loaded. Check the connection, then retry.",
                );
        }
        this.state.busy = false;
    }

    setPeriod(period) {
        this.state.period = period;
        return this.load();
    }

    setTeam(teamId) {
        this.state.teamId = Number(teamId) || false;
        return this.load();
    }

    // ------------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------------

    get tiles() {
        return TILES.filter((tile) => !tile.optional || this.figure(tile));
    }

    number(value) {
        return formatFloat(value, { digits: [16, 1], trailingZeros: false });
    }

    figure(tile) {
        return this.state.figures?.tiles[tile.name];
    }

    isEmpty(tile) {
        const figure = this.figure(tile);
        return Boolean(tile.empty) && (figure.value === null || this.isIdle(figure));
    }

    /** Nothing now and nothing before: then it helps to say how to begin. */
    isIdle(figure) {
        return figure.value === 0 && !figure.previous;
    }

    value(tile) {
        const { value } = this.figure(tile);
        return value === null ? "–" : this.number(value);
    }

    note(tile) {
        const { note } = this.figure(tile);
        return tile.note && note !== null && note !== undefined
            ? sprintf(String(tile.note), this.number(note))
            : "";
    }

    /** The difference to the time before, and whether it is a good one. */
    trend(tile) {
        const { value, previous } = this.figure(tile);
        if (value === null || previous === null || previous === undefined) {
            return null;
        }
        const change = Math.round((value - previous) * 10) / 10;
        const better = change > 0 === (tile.good === "up");
        return {
            icon:
                change > 0 ? "fa-arrow-up" : change < 0 ? "fa-arrow-down" : "fa-minus",
            color: !change ? "text-muted" : better ? "text-success" : "text-danger",
            change: change ? this.number(Math.abs(change)) : "",
            was: _t("before: %s", this.number(previous)),
        };
    }

    chart(chart) {
        const figures = this.state.figures?.charts[chart.name];
        const hasData = figures?.series.some(({ data }) =>
            data.some((value) => value !== null && (chart.kind === "line" || value)),
        );
        if (!hasData) {
            return null;
        }
        const labels =
            chart.kind === "line"
                ? figures.labels.map((day) => deserializeDate(day).toFormat("LLL yy"))
                : figures.labels;
        return {
            kind: chart.kind,
            labels,
            series: figures.series,
            names: figures.series.map(({ name }) => String(chart.series[name])),
            colors: chart.colors,
        };
    }

    get teams() {
        return this.state.figures?.teams || [];
    }

    get dates() {
        const { first, last } = this.state.figures;
        const day = (text) => deserializeDate(text).toLocaleString();
        return `${day(first)} – ${day(last)}`;
    }

    // ------------------------------------------------------------------------
    // What is opened
    // ------------------------------------------------------------------------

    async openTile(tile) {
        const figure = this.figure(tile);
        if (figure) {
            await this.open(figure.opens, tile);
        }
    }

    /** The report behind a chart, or behind one of its points. */
    async openChart(chart, seriesAt = 0, pointAt = null) {
        const series = this.state.figures?.charts[chart.name].series[seriesAt];
        if (!series) {
            return;
        }
        if (pointAt === null) {
            await this.open(series.opens, chart);
            return;
        }
        const { action, domain } = series.opens;
        const { labels, names } = this.chart(chart);
        await this.open(
            { action, domain: [...domain, ...series.points[pointAt]] },
            {
                label: `${labels[pointAt]}, ${names[seriesAt]}`,
                period: chart.period,
                view: "list",
            },
        );
    }

    async open({ action: name, domain }, part) {
        const action = await this.action.loadAction(name);
        let title = String(part.opened || part.label);
        if (part.period) {
            title = `${title}: ${this.dates}`;
        }
        await this.action.doAction(
            {
                ...action,
                name: title,
                display_name: title,
                domain,
                // The report's usual filters would narrow it down once more.
                context: { ...part.context },
            },
            { viewType: part.view },
        );
    }
}

registry.category("actions").add("its_quality.dashboard", QualityDashboard);
