/**
 * What tells the series of a chart apart: a color of at least 3:1 on white, and, as not
 * everybody sees colors, a hatching, a dash and a mark.
 */
export const COLORS = ["#714B67", "#1D7F71", "#A8560F", "#2F6FB5"];
export const AGE_COLORS = ["#1D7F71", "#8A6A00", "#B4500C", "#A3123A"];

const DASHES = [[], [7, 4], [2, 3], [2, 3]];
const MARKS = ["circle", "rectRot", "triangle", "rect"];
// Of a tile of the hatching: how long a side is, and lines of x, y to x, y.
const SIDE = 8;
const HATCHINGS = [
    [],
    [
        [-1, 3, 3, -1],
        [-1, 11, 11, -1],
    ],
    [[0, 4, 8, 4]],
    [
        [-1, 3, 3, -1],
        [-1, 11, 11, -1],
        [-1, 5, 5, 11],
        [5, -1, 11, 5],
    ],
];

export function dash(n) {
    return DASHES[n % DASHES.length];
}

export function mark(n) {
    return MARKS[n % MARKS.length];
}

/** A fill of a color, hatched as the series of this place is. */
export function hatched(color, n) {
    const lines = HATCHINGS[n % HATCHINGS.length];
    if (!lines.length) {
        return color;
    }
    const tile = document.createElement("canvas");
    tile.width = tile.height = SIDE;
    const pen = tile.getContext("2d");
    pen.fillStyle = color;
    pen.fillRect(0, 0, SIDE, SIDE);
    pen.strokeStyle = "rgba(255, 255, 255, 0.55)";
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (const [x, y, toX, toY] of lines) {
        pen.moveTo(x, y);
        pen.lineTo(toX, toY);
    }
    pen.stroke();
    return pen.createPattern(tile, "repeat");
}
