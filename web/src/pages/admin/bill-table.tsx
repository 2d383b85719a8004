import { useLanguage } from "../../app/preferences";
import { useTexts } from "../../text/texts";
import type { Bill, BillRow, Grouping } from "./bill";
import { grouped, instanceTime, saved } from "./bill";
import { Table } from "./table";
import { amount, count, percent, span } from "./units";

const kinds = ["busy", "idle", "cold", "draining"] as const;

type Kind = typeof kinds[number];

const fields = {
    busy: "busyMicroseconds", idle: "idleMicroseconds", cold: "startingMicroseconds", draining: "drainingMicroseconds",
} as const;

const seconds = (row: BillRow, kind: Kind) => row[fields[kind]] / 1_000_000;

/** A line for each service or day: money first, then where the instances' time went, then what came of it. */
export function BillTable({ bill, by }: { bill: Bill; by: Grouping }) {
    const { bill: words } = useTexts();
    const language = useLanguage();
    const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
    const nameOf = (row: BillRow) => by === "service" ? row.service ?? "" : day.format(Date.parse(row.day ?? ""));
    return (
        <Table caption={words.billCaption(by === "service" ? words.byService : words.byDay)}>
            <thead>
                <tr>
                    <th scope="col">{by === "service" ? words.service : words.day}</th>
                    <th scope="col" className="number">{words.spent}</th>
                    <th scope="col" className="number">{words.alwaysOn}</th>
                    <th scope="col" className="number">{words.saved}</th>
                    <th scope="col">{words.instanceTime}</th>
                    {kinds.map((kind) => (
                        <th key={kind} scope="col" className="number">
                            <span className="with-badge">
                                <i className={`swatch ${kind}`} aria-hidden="true" />{words[kind]}
                            </span>
                        </th>
                    ))}
                    <th scope="col" className="number">{words.requests}</th>
                    <th scope="col" className="number">{words.tokensIn}</th>
                    <th scope="col" className="number">{words.tokensOut}</th>
                </tr>
            </thead>
            <tbody>
                {grouped(bill.rows, by).map((row, index) => (
                    <Row key={index} name={nameOf(row)} row={row} language={language} />
                ))}
            </tbody>
            <tfoot>
                {[...bill.totals].sort((one, other) => other.cost - one.cost).map((row) => (
                    <Row key={row.currency ?? ""} name={words.total} row={row} language={language} />
                ))}
            </tfoot>
        </Table>
    );
}

function Row({ name, row, language }: { name: string; row: BillRow; language: string }) {
    const { bill: words } = useTexts();
    const share = saved(row);
    const whole = instanceTime(row);
    const paid = (tenThousandths: number) => amount(tenThousandths, row.currency, language);
    return (
        <tr>
            <th scope="row">{name}</th>
            <td className="number strong">
                {row.currency ? paid(row.cost) : <span className="soft">{words.noPrice}</span>}
            </td>
            <td className="number soft-cell">{row.currency ? paid(row.alwaysOnCost ?? 0) : "–"}</td>
            <td className="number">{share === undefined ? "–" : percent(share, language)}</td>
            <td>
                <span className="time-bar" aria-hidden="true">
                    {whole > 0 && kinds.map((kind) => (
                        <i key={kind} className={kind} style={{ width: `${100 * row[fields[kind]] / whole}%` }} />
                    ))}
                </span>
            </td>
            {kinds.map((kind) => <td key={kind} className="number">{span(seconds(row, kind), language)}</td>)}
            <td className="number">{count(row.requests, language)}</td>
            <td className="number">{count(row.promptTokens, language)}</td>
            <td className="number">{count(row.generatedTokens, language)}</td>
        </tr>
    );
}
