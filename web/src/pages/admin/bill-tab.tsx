import { useState } from "react";
import { administration } from "../../api/administration";
import { useLanguage } from "../../app/preferences";
import { useTexts } from "../../text/texts";
import { Choice } from "../parts/choice";
import type { Bill, BillRow, Grouping } from "./bill";
import { saved } from "./bill";
import { BillTable } from "./bill-table";
import { Loaded } from "./loaded";
import { amount, percent } from "./units";
import { usePoll } from "./use-poll";

const periods = ["today", "7d", "30d", "90d"] as const;

/** What the instances cost, and what they would have cost without sleep. */
export function BillTab() {
    const { bill: words } = useTexts();
    const [period, setPeriod] = useState<typeof periods[number]>("7d");
    const [by, setBy] = useState<Grouping>("service");
    const bill = usePoll(() => administration.bill(period), period);
    return (
        <>
            <div className="actions spread">
                <Choice
                    label={words.period}
                    isLabelHidden
                    value={period}
                    options={periods.map((value) => ({ value, label: words.periods[value] }))}
                    onChange={setPeriod}
                />
                <Choice
                    label={words.groupBy}
                    isLabelHidden
                    value={by}
                    options={[{ value: "service", label: words.byService }, { value: "day", label: words.byDay }]}
                    onChange={setBy}
                />
            </div>
            <Loaded value={bill.value} failure={bill.failure} onRetry={() => void bill.refresh()}>
                {(value) => value.rows.length === 0
                    ? <p className="soft">{words.billNone}</p>
                    : <Content bill={value} by={by} />}
            </Loaded>
        </>
    );
}

function Content({ bill, by }: { bill: Bill; by: Grouping }) {
    const { bill: words } = useTexts();
    return (
        <>
            {bill.totals.filter(({ currency }) => currency).map((total) => (
                <Summary key={total.currency} total={total} />
            ))}
            <BillTable bill={bill} by={by} />
            <p className="soft">{words.alwaysOnHint} {words.timeZone(bill.timeZone)}</p>
        </>
    );
}

function Summary({ total }: { total: BillRow }) {
    const { bill: words } = useTexts();
    const language = useLanguage();
    const share = saved(total);
    return (
        <dl className="figures large">
            <div><dt>{words.spent}</dt><dd>{amount(total.cost, total.currency, language)}</dd></div>
            <div>
                <dt>{words.alwaysOn}</dt>
                <dd className="faint">{amount(total.alwaysOnCost ?? 0, total.currency, language)}</dd>
            </div>
            {share !== undefined && (
                <div><dt>{words.saved}</dt><dd className="good">{percent(share, language)}</dd></div>
            )}
        </dl>
    );
}
