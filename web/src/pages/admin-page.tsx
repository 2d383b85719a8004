import type { ComponentType } from "react";
import { Link, usePath } from "../app/router";
import { useAccount } from "../app/session";
import { useTexts } from "../text/texts";
import { BillTab } from "./admin/bill-tab";
import { InvitationsTab } from "./admin/invitations-tab";
import { ServicesTab } from "./admin/services-tab";
import { UsersTab } from "./admin/users-tab";
import { PageFrame } from "./parts/page-frame";

const tabs: Record<"services" | "bill" | "users" | "invitations", ComponentType> = {
    services: ServicesTab, bill: BillTab, users: UsersTab, invitations: InvitationsTab,
};

type TabName = keyof typeof tabs;

const names = Object.keys(tabs) as TabName[];

/** What administrators see: each tab has an address of its own. */
export default function AdminPage() {
    const { admin } = useTexts();
    const account = useAccount();
    const section = usePath().split("/")[2] ?? "";
    const current = names.find((name) => name === section) ?? "services";
    if (account.role !== "admin") {
        return <PageFrame title={admin.title}><p className="soft">{admin.denied}</p></PageFrame>;
    }
    const Tab = tabs[current];
    return (
        <PageFrame title={admin.title} isWide>
            <nav className="tabs" aria-label={admin.title}>
                {names.map((name) => (
                    <Link
                        key={name}
                        to={name === "services" ? "/admin" : `/admin/${name}`}
                        aria-current={name === current ? "page" : undefined}
                    >
                        {admin.tabs[name]}
                    </Link>
                ))}
            </nav>
            <Tab />
        </PageFrame>
    );
}
