import { useState } from "react";
import type { Service, Status } from "../../api/administration";
import { administration } from "../../api/administration";
import { useLanguage } from "../../app/preferences";
import { useTexts } from "../../text/texts";
import { Section } from "../parts/page-frame";
import { ChartsSection } from "./charts-section";
import { Loaded } from "./loaded";
import { LogsDialog } from "./logs-dialog";
import { ServiceCard } from "./service-card";
import { bytes, count, span } from "./units";
import { usePoll } from "./use-poll";

const statusMilliseconds = 2_000;

/** What runs now, and the last hour. */
export function ServicesTab() {
    const { services } = useTexts();
    const status = usePoll(administration.status, "status", statusMilliseconds);
    const [logsOf, setLogsOf] = useState<Service>();
    return (
        <>
            <Loaded value={status.value} failure={status.failure} onRetry={() => void status.refresh()}>
                {(report) => (
                    <>
                        <MachineLine status={report} />
                        <section className="cards-list" aria-label={services.servicesCaption}>
                            {report.services.map((service) => (
                                <ServiceCard
                                    key={service.name}
                                    service={service}
                                    onOrdered={() => void status.refresh()}
                                    onLogs={() => setLogsOf(service)}
                                />
                            ))}
                        </section>
                    </>
                )}
            </Loaded>
            <ChartsSection />
            {logsOf !== undefined && <LogsDialog service={logsOf.name} onClose={() => setLogsOf(undefined)} />}
        </>
    );
}

function MachineLine({ status }: { status: Status }) {
    const { services } = useTexts();
    const language = useLanguage();
    const { machine } = status;
    const figures: [string, string, number?][] = [
        [
            services.cores,
            services.coresUsed(count(machine.usedCores, language), count(machine.cores, language)),
            machine.usedCores / machine.cores,
        ],
        [
            services.memory,
            services.coresUsed(bytes(machine.usedMemoryBytes, language), bytes(machine.memoryBytes, language)),
            machine.usedMemoryBytes / machine.memoryBytes,
        ],
        [services.uptime, span(status.uptime, language)],
        [services.version, status.version],
    ];
    return (
        <Section title={services.machine}>
            <dl className="figures">
                {figures.map(([name, value, share]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                        {share !== undefined && (
                            <span className="bar" aria-hidden="true">
                                <i style={{ width: `${Math.min(100, 100 * share)}%` }} />
                            </span>
                        )}
                    </div>
                ))}
            </dl>
        </Section>
    );
}
