import { Suspense } from "react";
import { administration } from "../../api/administration";
import { lazily } from "../../app/lazily";
import { useLanguage } from "../../app/preferences";
import { useTexts } from "../../text/texts";
import { Section } from "../parts/page-frame";
import type { History, Series } from "./history";
import { series, spent } from "./history";
import { Loaded } from "./loaded";
import { amount, count } from "./units";
import { usePoll } from "./use-poll";

// Chart.js is larger than the rest of the page, so it comes when the first chart is shown.
const LineChart = lazily(() => import("./line-chart"), (part) => part.default);

const historyMilliseconds = 5_000;
const minutes = 60;

/** Instances, queue, tokens and cost over the last hour. */
export function ChartsSection() {
    const { charts } = useTexts();
    const history = usePoll(() => administration.history(minutes), "history", historyMilliseconds);
    return (
        <Section title={charts.charts}>
            <Loaded value={history.value} failure={history.failure} onRetry={() => void history.refresh()}>
                {(value) => value.points.length === 0
                    ? <p className="soft">{charts.chartNone}</p>
                    : <Charts history={value} />}
            </Loaded>
        </Section>
    );
}

function Charts({ history }: { history: History }) {
    const { charts } = useTexts();
    const language = useLanguage();
    const times = history.points.map((point) => point.time);
    const money = spent(history);
    const plain = (value: number) => count(Math.round(value * 10) / 10, language);
    const shared = { times, text: plain };
    const paid = (value: number, currency: string) => amount(value * 10_000, currency, language);
    const total = money.map(({ name, values }) => paid(values[values.length - 1] ?? 0, name)).join(" + ");
    return (
        <Suspense fallback={<div className="charts waiting" />}>
            <div className="charts">
                <Chart title={charts.chartInstances} lines={series(history, "instances")} isStepped {...shared} />
                <Chart title={charts.chartQueue} lines={series(history, "queued")} isStepped {...shared} />
                <Chart title={charts.chartTokens} lines={series(history, "tokensPerSecond")} {...shared} />
                {money.length > 0 ? (
                    <Chart
                        title={charts.chartCost} note={charts.chartCostTotal(total)}
                        lines={money} times={times} text={paid}
                    />
                ) : (
                    <figure className="chart">
                        <figcaption>{charts.chartCost}</figcaption>
                        <p className="soft">{charts.chartNoPrice}</p>
                    </figure>
                )}
            </div>
        </Suspense>
    );
}

interface ChartProps {
    title: string;
    note?: string;
    times: number[];
    lines: Series[];
    isStepped?: boolean;
    text: (value: number, line: string) => string;
}

/** A chart with its newest values in words beside it, for whoever cannot see lines. */
function Chart({ title, note, times, lines, isStepped = false, text }: ChartProps) {
    const { charts } = useTexts();
    const now = lines.map(({ name, values }) => {
        const last = values[values.length - 1];
        return { name, text: typeof last === "number" ? text(last, name) : "–" };
    });
    const spoken = `${title}. ${charts.chartNow(now.map(({ name, text: value }) => `${name} ${value}`).join(", "))}`;
    return (
        <figure className="chart">
            <figcaption>
                {title}
                {note !== undefined && <span className="soft">{note}</span>}
            </figcaption>
            <div className="chart-canvas">
                <LineChart label={spoken} times={times} lines={lines} isStepped={isStepped} text={text} />
            </div>
            <ul className="chart-legend">
                {now.map(({ name, text: value }, index) => (
                    <li key={name}><i className={`series-${index % 6}`} aria-hidden="true" />{name}<b>{value}</b></li>
                ))}
            </ul>
        </figure>
    );
}
