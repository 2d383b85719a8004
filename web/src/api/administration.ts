import type { Bill } from "../pages/admin/bill";
import type { History } from "../pages/admin/history";
import { call, segment } from "./client";
import type { Account, Session } from "./types";

// The calls of administrators. The status report and the bill are those of `pronk status` and `pronk cost`.

export interface ManagedAccount extends Account {
    disabled: boolean;
    lastSeen?: number | null;
    chats: number;
}

export interface Invitation {
    id: string;
    created: number;
    expires: number;
    note: string;
    usedBy?: string | null;
}

export type SignUp = Session["signUp"];

export type ServiceState = "asleep" | "starting" | "queued" | "ready" | "failed" | "stopped" | "retired";

export interface Instance {
    id: string;
    state: string;
    /** Seconds since its start. */
    age: number;
    inFlight: number;
    memoryBytes?: number | null;
    processorSeconds?: number | null;
    generatedTokens: number;
    trouble?: string | null;
}

export interface Service {
    name: string;
    engine: string;
    state: ServiceState;
    desired: number;
    minimum: number;
    maximum: number;
    queued: number;
    inFlight: number;
    tokensPerSecond: number;
    requests: number;
    generatedTokens: number;
    coldStarts: number;
    restarts: number;
    reason: string;
    lastFailure?: string | null;
    wakePercent?: number | null;
    /** Seconds. */
    wakeRemaining?: number | null;
    instances: Instance[];
}

export interface Status {
    version: string;
    /** Seconds. */
    uptime: number;
    machine: { cores: number; memoryBytes: number; usedCores: number; usedMemoryBytes: number };
    services: Service[];
}

export interface InstanceLog {
    id: string;
    lines: string[];
}

export const administration = {
    accounts: () => call<{ accounts: ManagedAccount[] }>("GET", "admin/accounts"),
    changeAccount: (id: string, changes: { role?: Account["role"]; disabled?: boolean; password?: string }) =>
        call<Account>("PATCH", `admin/accounts/${segment(id)}`, changes),
    removeAccount: (id: string) => call<void>("DELETE", `admin/accounts/${segment(id)}`),

    invitations: () => call<{ invitations: Invitation[] }>("GET", "admin/invitations"),
    invite: (note: string, expires: number | undefined) =>
        call<{ invitation: Invitation; token: string }>("POST", "admin/invitations", { note, expires }),
    revokeInvitation: (id: string) => call<void>("DELETE", `admin/invitations/${segment(id)}`),

    settings: () => call<{ signUp: SignUp }>("GET", "admin/settings"),
    changeSettings: (changes: { signUp: SignUp }) => call<{ signUp: SignUp }>("PATCH", "admin/settings", changes),

    status: () => call<Status>("GET", "admin/status"),
    order: (service: string, action: "wake" | "start" | "stop") =>
        call<void>("POST", `admin/services/${segment(service)}/${action}`, {}),
    logs: (service: string, lines: number) =>
        call<{ instances: InstanceLog[] }>("GET", `admin/services/${segment(service)}/logs?lines=${lines}`),
    history: (minutes: number) => call<History>("GET", `admin/history?minutes=${minutes}`),
    bill: (since: string) => call<Bill>("GET", `admin/bill?since=${segment(since)}`),
};
