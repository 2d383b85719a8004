import { navigate } from "../../app/router";
import { signOut, useAccount } from "../../app/session";
import { attempt } from "../../pages/attempt";
import { Icon } from "../../parts/icon";
import type { MenuItem } from "../../parts/menu";
import { Menu } from "../../parts/menu";
import { useTexts } from "../../text/texts";

export function AccountMenu() {
    const texts = useTexts().chat;
    const account = useAccount();
    const name = account.displayName || account.name;
    const items: MenuItem[] = [
        { label: texts.settings, icon: "settings", onChoose: () => navigate("/settings") },
        ...(account.role === "admin"
            ? [{ label: texts.administration, icon: "gauge" as const, onChoose: () => navigate("/admin") }]
            : []),
        { label: texts.signOut, icon: "signOut", onChoose: () => void attempt(signOut) },
    ];
    return (
        <div className="sidebar-foot">
            <Menu
                label={`${texts.account}: ${name}`}
                className="account-button"
                button={
                    <>
                        <span className="avatar" aria-hidden="true">{[...name][0]?.toUpperCase()}</span>
                        <span className="account-name">{name}</span>
                        <Icon name="more" size={18} />
                    </>
                }
                items={items}
            />
        </div>
    );
}
