/* info_cmd.c - `info`: what the store holds. */
#include "config.h"

#include "app/workspace.h"
#include "cli/cli.h"

static int run(const struct args *a)
{
    struct err err = {0};
    struct buf dir = {0};
    workspace_default(a->store, &dir);
    struct workspace *w = workspace_open(dir.p, false, &err);
    const char *import = query_get(&a->query, "import");
    struct result *r = !w ? NULL : import ? workspace_findings(w, import, &err) : workspace_info(w, &err);
    int status = cli_finish(r, a, &err);
    workspace_close(w);
    buf_done(&dir);
    return status;
}

const struct cli_command info_cmd = {"info", run};
