import { useState } from "react";
import type { Service } from "../../api/administration";
import { administration } from "../../api/administration";
import { useLanguage } from "../../app/preferences";
import { Button } from "../../parts/button";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { Confirm } from "../parts/confirm";
import { InstanceTable } from "./instance-table";
import { StateBadge } from "./state-badge";
import { count, span } from "./units";

interface ServiceCardProps {
    service: Service;
    onOrdered: () => void;
    onLogs: () => void;
}

/** One service: what it does now, what can be ordered, and what went wrong last. */
export function ServiceCard({ service, onOrdered, onLogs }: ServiceCardProps) {
    const { services } = useTexts();
    const language = useLanguage();
    const [isAsking, setAsking] = useState(false);

    const order = (action: "wake" | "start" | "stop") => attempt(async () => {
        await administration.order(service.name, action);
        toast(`${service.name}: ${services.asked[action]}`);
        onOrdered();
    });
    const isStopped = service.state === "stopped";
    const canWake = service.state === "asleep" || service.state === "failed";
    const figures: [string, string][] = [
        [services.instances, services.instancesOf(service.instances.length, service.maximum)],
        [services.queue, count(service.queued, language)],
        [services.inFlight, count(service.inFlight, language)],
        [services.tokensPerSecond, count(Math.round(service.tokensPerSecond * 10) / 10, language)],
        [services.requests, count(service.requests, language)],
        [services.coldStarts, count(service.coldStarts, language)],
        [services.restarts, count(service.restarts, language)],
    ];

    return (
        <article className="card" aria-label={service.name}>
            <header className="card-head">
                <div className="card-name">
                    <h3>{service.name}</h3>
                    <StateBadge state={service.state} />
                    {service.state === "starting" && <Progress service={service} />}
                </div>
                <div className="actions">
                    {canWake && <Button onClick={() => void order("wake")}>{services.wake}</Button>}
                    {isStopped && <Button onClick={() => void order("start")}>{services.start}</Button>}
                    {!isStopped && service.state !== "retired" && (
                        <Button onClick={() => setAsking(true)}>{services.stop}</Button>
                    )}
                    <Button onClick={onLogs}>{services.logs}</Button>
                </div>
            </header>
            <dl className="figures small">
                {figures.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
            </dl>
            {service.lastFailure && (
                <p className="card-failure">
                    <strong>{services.lastFailure}</strong> <span lang="en">{service.lastFailure}</span>
                </p>
            )}
            {service.instances.length > 0 && <InstanceTable service={service} />}
            {service.reason !== "" && <p className="soft" lang="en">{service.reason}</p>}
            {isAsking && (
                <Confirm
                    title={services.stopQuestion(service.name)}
                    text={services.stopLead}
                    action={services.stop}
                    onConfirm={() => order("stop")}
                    onClose={() => setAsking(false)}
                />
            )}
        </article>
    );
}

function Progress({ service }: { service: Service }) {
    const { services } = useTexts();
    const language = useLanguage();
    const { wakePercent: percent, wakeRemaining: remaining } = service;
    if (typeof percent !== "number") return null;
    const words = typeof remaining === "number"
        ? services.percentReady(percent, span(remaining, language))
        : services.percentOnly(percent);
    return (
        <span className="progress">
            <span className="bar" aria-hidden="true"><i style={{ width: `${percent}%` }} /></span>
            {words}
        </span>
    );
}
