import type { ReactNode } from "react";
import { useState } from "react";
import { exportAddress } from "../api/sharing";
import type { Chat } from "../api/types";
import { Icon } from "../parts/icon";
import type { MenuItem } from "../parts/menu";
import { Menu } from "../parts/menu";
import { useTexts } from "../text/texts";
import PrintView from "./print-view";

interface ExportMenuProps {
    chat: Chat;
    button?: ReactNode;
    className?: string;
    align?: "start" | "end";
}

/** Takes a chat out of Pronk: as a file, or on paper. */
export function ExportMenu({ chat, button, className, align = "end" }: ExportMenuProps) {
    const { share } = useTexts();
    const [isPrinting, setPrinting] = useState(false);
    const file = (format: "markdown" | "json" | "text", label: string): MenuItem => ({
        label, icon: "download", onChoose: () => download(exportAddress(chat.id, format)),
    });
    return (
        <>
            <Menu
                label={share.export}
                button={button ?? <Icon name="download" />}
                align={align}
                {...(className === undefined ? {} : { className })}
                items={[
                    file("markdown", share.exportMarkdown),
                    file("text", share.exportText),
                    file("json", share.exportJson),
                    { label: share.exportPrint, icon: "print", onChoose: () => setPrinting(true) },
                ]}
            />
            {isPrinting && (
                <PrintView chat={chat.id} onDone={() => setPrinting(false)} />
            )}
        </>
    );
}

function download(address: string) {
    const link = document.createElement("a");
    link.href = address;
    link.download = "";
    document.body.append(link);
    link.click();
    link.remove();
}
