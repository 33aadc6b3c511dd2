import asyncio, json, sys
from datetime import timedelta
from random import Random
from benchmarks.place import own_place
from benchmarks.regency import PASSWORD, found, report, schedule
from benchmarks.caller import timed
from statistics import median


async def run():
    with own_place() as place:
        regency = await found(place, "stream", [84] * 60)
        async with regency.serving() as caller:
            kominfo = await caller.sign_in("kominfo", PASSWORD)
            apel = await schedule(caller, kominfo, begins_in=timedelta(minutes=-5), deadline=timedelta(hours=2))
            draw = Random(2)
            for code in regency.units:
                t = await caller.sign_in(code.lower(), PASSWORD)
                await caller.expect(
                    "PUT", f"/v1/apel/{apel['id']}/reports/{code}", token=t, body=report(regency.units[code], draw)
                )
            await asyncio.sleep(3)
            path = f"/v1/apel/{apel['id']}/board"
            a = await caller.expect("GET", path, token=kominfo)
            print(len(a.body), a.headers)
            tag = a.headers["etag"]
            w = []
            k = []
            p = []
            for _ in range(60):
                w.append((await timed(caller.ask("GET", path, token=kominfo)))[0])
                k.append((await timed(caller.ask("GET", path, token=kominfo, headers={"if-none-match": tag})))[0])
                p.append((await timed(caller.ask("GET", "/v1/me", token=kominfo)))[0])
            b = await caller.ask("GET", path, token=kominfo, headers={"if-none-match": tag})
            print(b.status, b.headers)
            print("whole", 1000 * median(w), "304", 1000 * median(k), "me", 1000 * median(p))


asyncio.run(run())
