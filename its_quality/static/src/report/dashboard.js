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
            serviceId: false,
            ...this.props.state,
            figures: null,
            busy: true,
            error: "",
        });
        useSetupAction({
            getLocalState: () => ({
                period: this.state.period,
                teamId: this.state.teamId,
                serviceId: this.state.serviceId,
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
                this.state.serviceId,
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

    setService(serviceId) {
        this.state.serviceId = Number(serviceId) || false;
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

    /** How many are behind a figure, and how far the truth may be from it. */
    certainty(tile) {
        const { count, few, low, high } = this.figure(tile);
        if (!tile.counted || !count) {
            return "";
        }
        const counted = sprintf(String(tile.counted), this.number(count));
        if (few) {
            return sprintf(_t("%s: too few to tell"), counted);
        }
        return low === null
            ? counted
            : sprintf(_t("%(counted)s, likely %(low)s … %(high)s"), {
                  counted,
                  low: this.number(low),
                  high: this.number(high),
              });
    }

    /** Both times as if the ways of answering had had the same shares. */
    adjusted(tile) {
        const figure = this.figure(tile);
        const known = [figure.adjusted, figure.adjusted_previous];
        return known.some((value) => value === null || value === undefined)
            ? ""
            : sprintf(_t("Same mix of calls and links: %(now)s, before: %(before)s"), {
                  now: this.number(figure.adjusted),
                  before: this.number(figure.adjusted_previous),
              });
    }

    /** The difference to the time before, and, if chance alone would hardly have made
     * it, whether it is a good one. */
    trend(tile) {
        const { value, previous, significant } = this.figure(tile);
        if (value === null || previous === null || previous === undefined) {
            return null;
        }
        const change = Math.round((value - previous) * 10) / 10;
        const better = change > 0 === (tile.good === "up");
        const isSure = change && significant;
        return {
            direction: change > 0 ? _t("more by") : change < 0 ? _t("less by") : "",
            judged: !isSure ? "" : better ? _t("better") : _t("worse"),
            icon:
                change > 0 ? "fa-arrow-up" : change < 0 ? "fa-arrow-down" : "fa-minus",
            color: !isSure
                ? "text-muted"
                : better
                  ? "text-success fw-bold"
                  : "text-danger fw-bold",
            help: change && !significant ? _t("This may be chance.") : "",
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

    /** What the tile is made of, each part with its number. */
    lists(tile) {
        return (this.figure(tile)?.lists || []).map((list) => ({
            ...list,
            label: String(tile.lists[list.name]),
        }));
    }

    get services() {
        return this.state.figures?.services || [];
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

    async openList(tile, list) {
        await this.open(list.opens, {
            ...tile,
            opened: `${tile.label}: ${list.label}`,
        });
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
