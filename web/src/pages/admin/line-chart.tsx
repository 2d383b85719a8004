import type { ChartDataset } from "chart.js";
import {
    Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip,
} from "chart.js";
import { useEffect, useRef } from "react";
import { useLanguage, usePreferences } from "../../app/preferences";
import type { Series } from "./history";

Chart.register(Filler, LinearScale, LineController, LineElement, PointElement, Tooltip);

interface LineChartProps {
    label: string;
    times: readonly number[];
    lines: readonly Series[];
    isStepped: boolean;
    text: (value: number, line: string) => string;
}

type Point = { x: number; y: number };

/** Lines over time. It is drawn anew when colours or language change, and moved on when values come. */
export default function LineChart({ label, times, lines, isStepped, text }: LineChartProps) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const chart = useRef<Chart<"line", Point[]>>();
    const { theme } = usePreferences();
    const language = useLanguage();
    const latest = useRef(text);
    latest.current = text;

    useEffect(() => {
        if (canvas.current === null) return;
        const made = draw(canvas.current, language, (value, line) => latest.current(value, line));
        chart.current = made;
        return () => made.destroy();
    }, [theme, language]);

    useEffect(() => {
        const { current } = chart;
        if (current === undefined) return;
        current.data.datasets = lines.map((line, index) => dataset(line, index, times, isStepped));
        const axis = current.options.scales?.["x"];
        if (axis) Object.assign(axis, { min: times[0], max: times[times.length - 1] });
        current.update("none");
    }, [times, lines, isStepped, theme, language]);

    return <canvas ref={canvas} role="img" aria-label={label} />;
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function dataset(
    line: Series, index: number, times: readonly number[], isStepped: boolean,
): ChartDataset<"line", Point[]> {
    const stroke = colour(`--series-${index % 6}`);
    return {
        label: line.name,
        data: line.values.flatMap((y, at) => {
            const x = times[at];
            return x === undefined ? [] : [{ x, y: y ?? NaN }];
        }),
        borderColor: stroke,
        backgroundColor: `${stroke}1f`,
        borderWidth: 2,
        fill: index === 0,
        pointRadius: 0,
        pointHitRadius: 8,
        stepped: isStepped ? "before" : false,
        tension: isStepped ? 0 : 0.25,
    };
}

function draw(
    canvas: HTMLCanvasElement, language: string, text: (value: number, line: string) => string,
): Chart<"line", Point[]> {
    const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
    const soft = colour("--text-soft");
    const ticks = { color: soft, font: { size: 11, family: getComputedStyle(document.body).fontFamily } };
    return new Chart<"line", Point[]>(canvas, {
        type: "line",
        data: { datasets: [] },
        options: {
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "index", intersect: false },
            scales: {
                x: {
                    type: "linear",
                    grid: { display: false },
                    ticks: {
                        ...ticks, maxTicksLimit: 6, maxRotation: 0, callback: (time) => clock.format(Number(time)),
                    },
                },
                y: {
                    beginAtZero: true,
                    suggestedMax: 1,
                    grid: { color: colour("--line"), drawBorder: false },
                    ticks: { ...ticks, maxTicksLimit: 5 },
                },
            },
            plugins: {
                tooltip: {
                    callbacks: {
                        title: (items) => clock.format(items[0]?.parsed.x ?? 0),
                        label: ({ dataset: { label = "" }, parsed }) => ` ${label}: ${text(parsed.y, label)}`,
                    },
                },
            },
        },
    });
}
