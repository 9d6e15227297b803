/* global Chart */

import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, hexToRGBA } from "@web/core/colors/colors";
import { formatFloat } from "@web/core/utils/numbers";

// A label of a bar takes so many lines of so many letters.
const LINES = 3;
const LETTERS = 18;
const number = (value) => formatFloat(value, { digits: [16, 1], trailingZeros: false });

/**
 * Lines or bars of a few series, in the colors of the theme. A point that is clicked is
 * given to `open` by its series and its place.
 */
export class DashboardChart extends Component {
    static template = "its_quality.DashboardChart";
    static props = {
        kind: String,
        labels: Array,
        names: Array,
        series: Array,
        colors: { type: Array, optional: true },
        max: { type: Number, optional: true },
        open: Function,
    };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.labels, this.props.series],
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    /** The numbers in words, for who does not see them. */
    get words() {
        return this.props.labels
            .map((label, at) => {
                const known = this.props.series
                    .map(({ data }, n) => [this.props.names[n], data[at]])
                    .filter(([, value]) => value !== null)
                    .map(([name, value]) => `${name} ${number(value)}`);
                return known.length ? `${label}: ${known.join(", ")}` : "";
            })
            .filter(Boolean)
            .join("; ");
    }

    get isHorizontal() {
        return ["bars", "stacked-bars"].includes(this.props.kind);
    }

    draw() {
        this.chart?.destroy();
        const style = getComputedStyle(this.canvasRef.el);
        this.chart = new Chart(this.canvasRef.el, {
            type: this.props.kind === "line" ? "line" : "bar",
            data: {
                labels: this.props.labels,
                datasets: this.props.series.map((series, n) => this.dataset(series, n)),
            },
            options: this.options(style),
        });
    }

    dataset({ data }, n) {
        const palette = this.props.colors;
        const color = palette
            ? palette[n % palette.length]
            : getColor(n * 2, cookie.get("color_scheme"), 6);
        const dataset = { label: this.props.names[n], data, backgroundColor: color };
        if (this.props.kind === "line") {
            return {
                ...dataset,
                borderColor: color,
                borderWidth: 2,
                pointRadius: 3,
                pointHoverRadius: 5,
                cubicInterpolationMode: "monotone",
                spanGaps: true,
            };
        }
        return { ...dataset, borderRadius: 3, maxBarThickness: 28 };
    }

    options({ color, fontFamily }) {
        const horizontal = this.isHorizontal;
        const stacked = this.props.kind.startsWith("stacked");
        const font = { family: fontFamily, size: 12 };
        const counts = {
            stacked,
            beginAtZero: true,
            border: { display: false },
            grid: { color: this.faint(color) },
            ticks: { color, font, callback: number },
        };
        if (this.props.kind === "line") {
            counts.suggestedMax = this.props.max ?? 100;
        } else {
            counts.ticks.precision = 0;
        }
        const names = {
            stacked,
            border: { display: false },
            grid: { display: false },
            ticks: {
                color,
                font,
                autoSkip: !horizontal,
                maxRotation: 0,
                callback: (_value, at) => this.lines(this.props.labels[at]),
            },
        };
        return {
            animation: false,
            maintainAspectRatio: false,
            indexAxis: horizontal ? "y" : "x",
            interaction: { mode: this.props.kind === "line" ? "index" : "nearest" },
            scales: horizontal ? { x: counts, y: names } : { x: names, y: counts },
            onClick: (_event, [element]) =>
                element && this.props.open(element.datasetIndex, element.index),
            onHover: ({ native }, elements) => {
                native.target.style.cursor = elements.length ? "pointer" : "";
            },
            plugins: {
                legend: {
                    display: this.props.series.length > 1,
                    position: "bottom",
                    labels: { color, font, boxWidth: 12, boxHeight: 12 },
                },
                tooltip: {
                    callbacks: {
                        label: ({ dataset, raw }) => `${dataset.label}: ${number(raw)}`,
                    },
                },
            },
        };
    }

    faint(color) {
        const parts = color.match(/[\d.]+/g) || [];
        return parts.length >= 3
            ? `rgba(${parts.slice(0, 3).join(",")}, 0.12)`
            : hexToRGBA("#808080", 0.2);
    }

    /** A long label in lines; what does not fit is in the tooltip. */
    lines(label) {
        const lines = [];
        for (const word of label.split(" ")) {
            const longer = `${lines.at(-1) ?? ""} ${word}`;
            if (lines.length && longer.length <= LETTERS + 1) {
                lines.push(`${lines.pop()} ${word}`);
            } else {
                lines.push(word);
            }
        }
        const shown = lines.slice(0, LINES);
        if (lines.length > LINES) {
            shown.push(`${shown.pop()}…`);
        }
        return shown;
    }
}
