export { ExportMenu } from "./export-menu";
export { ShareDialog } from "./share-dialog";
