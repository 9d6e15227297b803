/* global Chart */

import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { hexToRGBA } from "@web/core/colors/colors";
import { formatFloat } from "@web/core/utils/numbers";

import { COLORS, dash, hatched, mark } from "./chart_styles";

// A label of a bar takes so many lines of so many letters.
const LINES = 3;
const LETTERS = 18;
// A key → how far it goes: along the labels, and from a series to the next.
const MOVES = {
    along: {
        ArrowRight: [1, 0],
        ArrowLeft: [-1, 0],
        ArrowDown: [0, 1],
        ArrowUp: [0, -1],
    },
    down: {
        ArrowDown: [1, 0],
        ArrowUp: [-1, 0],
        ArrowRight: [0, 1],
        ArrowLeft: [0, -1],
    },
};
const number = (value) => formatFloat(value, { digits: [16, 1], trailingZeros: false });

/**
 * Lines or bars of a few series. A point that is clicked, or gone to by the arrows and
 * entered, is given to `open` by its series and its place.
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
        this.state = useState({ said: "" });
        this.at = null;
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

    // ------------------------------------------------------------------------
    // By the keyboard
    // ------------------------------------------------------------------------

    onKeydown(ev) {
        const moves = this.isHorizontal ? MOVES.down : MOVES.along;
        if (moves[ev.key]) {
            this.goBy(...moves[ev.key]);
        } else if (["Enter", " "].includes(ev.key) && this.at) {
            this.props.open(this.at.datasetIndex, this.at.index);
        } else {
            return;
        }
        ev.preventDefault();
    }

    /** Go on to the next point that has a number. */
    goBy(along, across) {
        const { series, labels } = this.props;
        let { datasetIndex, index } = this.at || {
            datasetIndex: 0,
            index: along > 0 || across ? -1 : labels.length,
        };
        if (!this.at) {
            [along, across] = [along || 1, 0];
        }
        do {
            datasetIndex += across;
            index += along;
        } while (
            series[datasetIndex] &&
            index in labels &&
            series[datasetIndex].data[index] === null
        );
        if (series[datasetIndex] && index in labels) {
            this.point({ datasetIndex, index });
        }
    }

    point(at) {
        if (!this.chart?.ctx) {
            // The page has been left.
            return;
        }
        this.at = at;
        const shown = at ? [at] : [];
        this.chart.setActiveElements(shown);
        this.chart.tooltip.setActiveElements(shown, { x: 0, y: 0 });
        this.chart.update();
        this.state.said = at
            ? `${this.props.labels[at.index]}: ${this.props.names[at.datasetIndex]} ` +
              number(this.props.series[at.datasetIndex].data[at.index])
            : "";
    }

    get isHorizontal() {
        return ["bars", "stacked-bars"].includes(this.props.kind);
    }

    draw() {
        this.chart?.destroy();
        this.at = null;
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
        const palette = this.props.colors || COLORS;
        const color = palette[n % palette.length];
        const dataset = { label: this.props.names[n], data, backgroundColor: color };
        if (this.props.kind === "line") {
            return {
                ...dataset,
                borderColor: color,
                borderWidth: 2,
                borderDash: dash(n),
                pointStyle: mark(n),
                pointRadius: 4,
                pointHoverRadius: 7,
                cubicInterpolationMode: "monotone",
                spanGaps: true,
            };
        }
        return {
            ...dataset,
            backgroundColor: hatched(color, n),
            borderColor: "#fff",
            borderWidth: 1,
            hoverBorderColor: "#000",
            hoverBorderWidth: 2,
            borderRadius: 3,
            maxBarThickness: 28,
        };
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
                    labels: {
                        color,
                        font,
                        boxWidth: this.props.kind === "line" ? 8 : 14,
                        boxHeight: this.props.kind === "line" ? 8 : 14,
                        usePointStyle: this.props.kind === "line",
                    },
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
