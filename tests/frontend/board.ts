// Klien kecil seperti yang ditulis pengembang frontend: membaca papan, mengenali 304 dan penolakan, mengirim laporan,
// membaca badan webhook.
// Berkas ini tidak dijalankan; ia harus lolos `tsc --strict` terhadap tipe yang dibuat dari dokumen OpenAPI.
import createClient from "openapi-fetch";
import type { components, paths, webhooks } from "./apel.js";

type Board = components["schemas"]["Board"];
type Problem = components["schemas"]["Problem"];
type Report = components["schemas"]["ReportWrite"];

type Told = {
  [Event in keyof webhooks]: webhooks[Event]["post"]["requestBody"]["content"]["application/json"];
}[keyof webhooks];

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.title}: ${problem.detail}`);
  }
}

export function openApel(baseUrl: string, token: () => string) {
  const client = createClient<paths>({ baseUrl });
  client.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token()}`);
      return request;
    },
  });
  let known: { etag: string; board: Board } | undefined;

  /** Papan terbaru; yang tersimpan bila tidak ada yang berubah. */
  async function readBoard(): Promise<Board> {
    const { data, error, response } = await client.GET("/v1/board", {
      params: { header: known ? { "if-none-match": known.etag, "Accept-Language": "id" } : {} },
    });
    if (response.status === 304 && known) return known.board;
    if (error) throw new Refused(error);
    const etag = response.headers.get("etag");
    known = etag ? { etag, board: data } : undefined;
    return data;
  }

  /** Laporan pertama 201, yang sama 200; perubahan perlu ETag yang dibaca dan alasan. */
  async function sendReport(apelId: string, opdCode: string, report: Report, etag?: string): Promise<string | null> {
    const { error, response } = await client.PUT("/v1/apel/{apel_id}/reports/{opd_code}", {
      params: { path: { apel_id: apelId, opd_code: opdCode }, header: etag ? { "if-match": etag } : {} },
      body: report,
    });
    if (error) throw new Refused(error);
    return response.headers.get("etag");
  }

  return { readBoard, sendReport };
}

/** Satu baris per ubin; kode yang belum dikenal tetap tampil, karena enum boleh bertambah. */
export function lines(board: Board): string[] {
  const light: Record<string, string> = { grey: "○", blue: "◐", green: "✔", yellow: "▲", red: "■" };
  return board.opd.map((row) => {
    const share = row.figures?.duty_rate?.percent;
    const reasons = row.reasons.map((reason) => reason.text).join("; ");
    return `${light[row.light] ?? "?"} ${row.short_name} ${share ?? "–"} % ${reasons}`;
  });
}

/** Badan webhook yang tanda tangannya sudah diperiksa: `type` menentukan isi `data`. */
export function hear(told: Told): string {
  if (told.type === "apel.closed") return `${told.data.reported} dari ${told.data.called} OPD: ${told.data.text}`;
  if (told.type === "report.missing") return `${told.data.opd_codes.join(", ")}: ${told.data.text}`;
  return told.data.text;
}

export function explain(failure: unknown): string {
  if (!(failure instanceof Refused)) return "Jaringan terputus; coba lagi.";
  const code: Problem["code"] = failure.problem.code;
  if (code === "sum-mismatch") return "Jumlah laporan tidak cocok.";
  return failure.problem.errors?.map((wrong) => `${wrong.pointer}: ${wrong.detail}`).join("\n") ?? failure.message;
}
